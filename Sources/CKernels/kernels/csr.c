// CSR times dense.
//
// B is packed in panels of columns; a task is 256 rows of A times one panel, and tasks that follow
// each other share it, so that it stays in L2. A vector (n = 1) takes four partial sums a row.

#ifndef KERNEL_LEVEL

#include "lacuna_csr.h"
#include "panels.h"

enum { ROWS_PER_TASK = 256 };

typedef struct product {
  const lacuna_csr *a;
  const float *b;
  float *c;
  int64_t n, blocks;
} product;

static inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

#define KERNEL_FILE "kernels/csr.c"
#include "levels.h"

static void block(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(csr_block)(context, task);
}

static void vector(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(csr_vector)(context, task);
}

int32_t lacuna_csr_times_dense(lacuna_pool *pool, const lacuna_csr *a, const float *b, float *c,
                               int64_t n, const lacuna_recorder *recorder) {
  for (int64_t row = 0; recorder && row < a->rows; row += 1)
    lacuna_touch(recorder, LACUNA_ROWS, row, a->ids + a->starts[row],
                 a->starts[row + 1] - a->starts[row]);
  product p = {a, b, c, n, (a->rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK};
  if (n == 1) {
    lacuna_pool_run(pool, p.blocks, vector, &p);
    return LACUNA_DONE;
  }
  p.b = pack_panels(pool, b, a->columns, n);
  if (!p.b) return LACUNA_NO_MEMORY;
  const int64_t width = panel_width();
  // Panel by panel: tasks that follow each other on a core read the same one.
  lacuna_pool_run(pool, p.blocks * ((n + width - 1) / width), block, &p);
  return LACUNA_DONE;
}

#else

#include "rowproduct.h"

static void LEVEL(csr_block)(const product *p, int64_t task) {
  const int64_t j = task / p->blocks * PANEL, first = task % p->blocks * ROWS_PER_TASK;
  const int64_t end = lesser(first + ROWS_PER_TASK, p->a->rows);
  const int64_t stride = panel_stride(p->n, j, PANEL);
  for (int64_t row = first; row < end; row += 1) {
    const int64_t start = p->a->starts[row];
    row_product(p->a->values + start, p->a->ids + start, p->a->starts[row + 1] - start,
                p->b + j * p->a->columns, stride, p->c + row * p->n + j,
                lesser(p->n - j, stride), 0);
  }
}

static void LEVEL(csr_vector)(const product *p, int64_t task) {
  const int64_t first = task * ROWS_PER_TASK, end = lesser(first + ROWS_PER_TASK, p->a->rows);
  for (int64_t row = first; row < end; row += 1) {
    const float *value = p->a->values;
    const int32_t *id = p->a->ids;
    const int64_t last = p->a->starts[row + 1];
    float s[4] = {0};
    int64_t at = p->a->starts[row];
    for (; at + 4 <= last; at += 4)
      for (int k = 0; k < 4; k += 1) s[k] += value[at + k] * p->b[id[at + k]];
    for (; at < last; at += 1) s[0] += value[at] * p->b[id[at]];
    p->c[row] = (s[0] + s[1]) + (s[2] + s[3]);
  }
}

#endif
