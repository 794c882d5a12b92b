// Dense matrix-vector product in fp32.
//
// y[r] = sum over c of W[r][c] x[c]. A task is 64 rows. Four rows go together, so that a vector of
// x is loaded once for four of W; each row has two accumulators, which hide the latency of FMA.
// The rows' streams are long enough for a core's prefetcher.

#ifndef KERNEL_LEVEL

#include "lacuna_dense.h"

#define KERNEL_FILE "kernels/gemv.c"
#include "levels.h"

enum { ROWS_PER_TASK = 64 };

typedef struct product {
  const float *w, *x;
  float *y;
  int64_t rows, columns;
} product;

static void run(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const product *p = context;
  const int64_t first = task * ROWS_PER_TASK;
  const int64_t rows = p->rows - first < ROWS_PER_TASK ? p->rows - first : ROWS_PER_TASK;
  AT_LEVEL(gemv_rows)(p->w + first * p->columns, p->x, p->y + first, rows, p->columns);
}

void lacuna_gemv(lacuna_pool *pool, const float *w, const float *x, float *y, int64_t rows,
                 int64_t columns) {
  product p = {w, x, y, rows, columns};
  lacuna_pool_run(pool, (rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK, run, &p);
}

#else

static void LEVEL(gemv_rows)(const float *w, const float *x, float *y, int64_t rows,
                             int64_t columns) {
  int64_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    const float *w0 = w + row * columns, *w1 = w0 + columns, *w2 = w1 + columns,
                *w3 = w2 + columns;
    vf a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, b0 = {0}, b1 = {0}, b2 = {0}, b3 = {0};
    int64_t c = 0;
    for (; c + 2 * LANES <= columns; c += 2 * LANES) {
      const vf x0 = load(x + c), x1 = load(x + c + LANES);
      a0 += load(w0 + c) * x0;
      b0 += load(w0 + c + LANES) * x1;
      a1 += load(w1 + c) * x0;
      b1 += load(w1 + c + LANES) * x1;
      a2 += load(w2 + c) * x0;
      b2 += load(w2 + c + LANES) * x1;
      a3 += load(w3 + c) * x0;
      b3 += load(w3 + c + LANES) * x1;
    }
    float s[4];
    four_sums(a0 + b0, a1 + b1, a2 + b2, a3 + b3, s);
    for (; c < columns; c += 1) {
      s[0] += w0[c] * x[c];
      s[1] += w1[c] * x[c];
      s[2] += w2[c] * x[c];
      s[3] += w3[c] * x[c];
    }
    for (int k = 0; k < 4; k += 1) y[row + k] = s[k];
  }
  for (; row < rows; row += 1) y[row] = dot(w + row * columns, x, columns);
}

#endif
