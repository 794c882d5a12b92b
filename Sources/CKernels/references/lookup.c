#include "lacuna_lookup.h"

#include <math.h>

static double score(const lacuna_product_keys *m, const float *query, int64_t id) {
  double total = 0;
  for (int64_t c = 0; c < m->half; c += 1)
    total += (double)m->first[id / m->side * m->half + c] * query[c] +
             (double)m->second[id % m->side * m->half + c] * query[m->half + c];
  return total;
}

void lacuna_product_keys_reference(const lacuna_product_keys *memory, const float *queries,
                                   int64_t count, int64_t k, float *out) {
  const int64_t all = memory->side * memory->side;
  for (int64_t token = 0; token < count; token += 1) {
    const float *query = queries + token * 2 * memory->half;
    float *to = out + token * memory->width;
    double total = 0;
    for (int pass = 0; pass < 2; pass += 1)
      for (int64_t id = 0; id < all; id += 1) {
        const double own = score(memory, query, id);
        int64_t before = 0;
        for (int64_t other = 0; other < all && before < k; other += 1) {
          const double value = score(memory, query, other);
          before += value > own || (value == own && other < id);
        }
        if (before >= k) continue;
        if (pass == 0) total += exp(own);
        for (int64_t c = 0; pass == 1 && c < memory->width; c += 1)
          to[c] += (float)(exp(own) / total * memory->values[id * memory->width + c]);
        for (int64_t c = 0; pass == 0 && c < memory->width; c += 1) to[c] = 0;
      }
  }
}
