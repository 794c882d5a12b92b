// int8 weights times a vector: widened to fp32 in registers, scaled once a row.
//
// A task is 64 rows, four at a time, as in the dense product.

#ifndef KERNEL_LEVEL

#include <math.h>

#include "lacuna_quantised.h"

#define KERNEL_FILE "kernels/int8.c"
#include "levels.h"

enum { ROWS_PER_TASK = 64 };

typedef struct product {
  const int8_t *w;
  const float *scales, *x;
  float *y;
  int64_t rows, columns;
} product;

static void run(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const product *p = context;
  const int64_t first = task * ROWS_PER_TASK;
  const int64_t rows = p->rows - first < ROWS_PER_TASK ? p->rows - first : ROWS_PER_TASK;
  AT_LEVEL(int8_rows)(p->w + first * p->columns, p->scales + first, p->x, p->y + first, rows,
                      p->columns);
}

void lacuna_int8_gemv(lacuna_pool *pool, const int8_t *w, const float *scales, const float *x,
                      float *y, int64_t rows, int64_t columns) {
  product p = {w, scales, x, y, rows, columns};
  lacuna_pool_run(pool, (rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK, run, &p);
}

void lacuna_int8_pack(const float *dense, int64_t rows, int64_t columns, int8_t *w,
                      float *scales) {
  for (int64_t row = 0; row < rows; row += 1) {
    const float *from = dense + row * columns;
    float most = 0;
    for (int64_t c = 0; c < columns; c += 1) most = fmaxf(most, fabsf(from[c]));
    scales[row] = most / 127;
    for (int64_t c = 0; c < columns; c += 1)
      w[row * columns + c] = most > 0 ? (int8_t)lrintf(from[c] / most * 127) : 0;
  }
}

#else

INLINE vf LEVEL(widen)(const int8_t *from) {
  return __builtin_convertvector(*(const vb_at *)from, vf);
}

static void LEVEL(int8_rows)(const int8_t *w, const float *scales, const float *x, float *y,
                             int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; row += 4) {
    const int64_t some = rows - row < 4 ? rows - row : 4;
    const int8_t *from[4];
    for (int k = 0; k < 4; k += 1) from[k] = w + (row + (k < some ? k : 0)) * columns;
    vf a[4] = {{0}}, b[4] = {{0}};
    int64_t c = 0;
    for (; c + 2 * LANES <= columns; c += 2 * LANES) {
      const vf x0 = load(x + c), x1 = load(x + c + LANES);
      for (int k = 0; k < 4; k += 1) {
        a[k] += LEVEL(widen)(from[k] + c) * x0;
        b[k] += LEVEL(widen)(from[k] + c + LANES) * x1;
      }
    }
    float s[4];
    four_sums(a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], s);
    for (; c < columns; c += 1)
      for (int k = 0; k < 4; k += 1) s[k] += (float)from[k][c] * x[c];
    for (int k = 0; k < some; k += 1) y[row + k] = s[k] * scales[row + k];
  }
}

#endif
