#include "lacuna_structured.h"

#include <math.h>

void lacuna_prune_reference(const float *dense, float *pruned, int64_t rows, int64_t columns,
                            int32_t kept, int32_t of) {
  for (int64_t row = 0; row < rows; row += 1)
    for (int64_t column = 0; column < columns; column += 1) {
      const float *own = dense + row * columns + column;
      const int64_t start = column / of * of;
      const int64_t end = start + of < columns ? start + of : columns;
      int32_t before = 0;
      for (int64_t other = start; other < end; other += 1) {
        const float value = fabsf(dense[row * columns + other]);
        before += value > fabsf(*own) || (value == fabsf(*own) && other < column);
      }
      pruned[row * columns + column] = before < kept ? *own : 0;
    }
}
