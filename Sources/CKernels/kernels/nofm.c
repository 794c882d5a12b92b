// N:M matrix-vector and matrix-matrix products for any n of any m up to 32.
//
// As 2:4, but a place is a byte and an input is fetched lane by lane: m inputs of a group lie in
// one or two cache lines. A task is 4 blocks of 16 rows; the matrix product unpacks a slab of
// groups to lists of (value, column) and multiplies row by row.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lacuna_structured.h"
#include "panels.h"

enum { TOGETHER = LACUNA_ROWS_TOGETHER, BLOCKS_PER_TASK = 4, KEPT_A_SLAB = 64 };

typedef struct product {
  const lacuna_n_of_m *w;
  const float *x, *b;
  float *y, *c;
  int64_t n, groups;
} product;

static inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

#define KERNEL_FILE "kernels/nofm.c"
#include "levels.h"

static void rows(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(n_of_m_rows)(context, task);
}

static void blocks(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(n_of_m_blocks)(context, task);
}

static int64_t tasks(const lacuna_n_of_m *w) {
  return (lacuna_row_blocks(w->rows) + BLOCKS_PER_TASK - 1) / BLOCKS_PER_TASK;
}

/// Names the columns that each row keeps; a last group of fewer columns keeps no more than it has.
static int32_t name_columns(const lacuna_n_of_m *w, const lacuna_recorder *recorder) {
  const int64_t groups = (w->columns + w->of - 1) / w->of, kept = w->kept;
  int32_t *ids = malloc((size_t)(groups * kept) * sizeof *ids);
  if (!ids) return LACUNA_NO_MEMORY;
  for (int64_t row = 0; row < w->rows; row += 1) {
    const uint8_t *place = w->places + row / TOGETHER * groups * kept * TOGETHER + row % TOGETHER;
    int64_t count = 0;
    for (int64_t group = 0; group < groups; group += 1) {
      const int64_t first = group * w->of, there = lesser(kept, w->columns - first);
      for (int64_t k = 0; k < there; k += 1)
        ids[count++] = (int32_t)(first + place[(group * kept + k) * TOGETHER]);
    }
    lacuna_touch(recorder, LACUNA_COLUMNS, row, ids, count);
  }
  free(ids);
  return LACUNA_DONE;
}

int32_t lacuna_n_of_m_gemv(lacuna_pool *pool, const lacuna_n_of_m *w, const float *x, float *y,
                           const lacuna_recorder *recorder) {
  if (recorder && name_columns(w, recorder) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  const int64_t groups = (w->columns + w->of - 1) / w->of, padded = groups * w->of;
  float *copy = lacuna_pool_shared(pool, padded * (int64_t)sizeof(float));
  if (!copy) return LACUNA_NO_MEMORY;
  memcpy(copy, x, (size_t)w->columns * sizeof(float));
  memset(copy + w->columns, 0, (size_t)(padded - w->columns) * sizeof(float));
  product p = {.w = w, .x = copy, .y = y, .groups = groups};
  lacuna_pool_run(pool, tasks(w), rows, &p);
  return LACUNA_DONE;
}

int32_t lacuna_n_of_m_gemm(lacuna_pool *pool, const lacuna_n_of_m *w, const float *b, float *c,
                           int64_t n, const lacuna_recorder *recorder) {
  if (recorder && name_columns(w, recorder) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  const float *panels = pack_panels(pool, b, w->columns, n);
  if (!panels) return LACUNA_NO_MEMORY;
  product p = {.w = w, .b = panels, .c = c, .n = n, .groups = (w->columns + w->of - 1) / w->of};
  lacuna_pool_run(pool, tasks(w), blocks, &p);
  return LACUNA_DONE;
}

void lacuna_n_of_m_pack(const float *dense, lacuna_n_of_m *to) {
  const int64_t groups = (to->columns + to->of - 1) / to->of;
  const int64_t all = lacuna_n_of_m_values(to->rows, to->columns, to->kept, to->of);
  memset(to->values, 0, (size_t)all * sizeof(float));
  memset(to->places, 0, (size_t)all);
  for (int64_t row = 0; row < to->rows; row += 1)
    for (int64_t group = 0; group < groups; group += 1) {
      const float *some = dense + row * to->columns + group * to->of;
      const int64_t there = lesser(to->columns - group * to->of, to->of);
      const int64_t first =
        (row / TOGETHER * groups + group) * to->kept * TOGETHER + row % TOGETHER;
      int kept = 0;
      for (int place = 0; place < there; place += 1) {
        int greater = 0;
        for (int other = 0; other < there; other += 1)
          greater += fabsf(some[other]) > fabsf(some[place]) ||
                     (fabsf(some[other]) == fabsf(some[place]) && other < place);
        if (greater >= to->kept) continue;
        to->values[first + kept * TOGETHER] = some[place];
        to->places[first + kept * TOGETHER] = (uint8_t)place;
        kept += 1;
      }
    }
}

#else

#include "rowproduct.h"

static void LEVEL(n_of_m_rows)(const product *p, int64_t task) {
  const int64_t first = task * BLOCKS_PER_TASK;
  const int64_t end = lesser(first + BLOCKS_PER_TASK, lacuna_row_blocks(p->w->rows));
  const int64_t kept = p->w->kept, of = p->w->of;
  for (int64_t block = first; block < end; block += 1) {
    const float *value = p->w->values + block * p->groups * kept * TOGETHER;
    const uint8_t *place = p->w->places + block * p->groups * kept * TOGETHER;
    float y[TOGETHER] = {0};
    for (int64_t group = 0; group < p->groups; group += 1) {
      const float *x = p->x + group * of;
      for (int64_t k = 0; k < kept; k += 1, value += TOGETHER, place += TOGETHER) {
        float input[TOGETHER];
        for (int lane = 0; lane < TOGETHER; lane += 1) input[lane] = x[place[lane]];
        for (int lane = 0; lane < TOGETHER; lane += 1) y[lane] += value[lane] * input[lane];
      }
    }
    memcpy(p->y + block * TOGETHER, y,
           (size_t)lesser(p->w->rows - block * TOGETHER, TOGETHER) * sizeof(float));
  }
}

static void LEVEL(n_of_m_blocks)(const product *p, int64_t task) {
  enum { ROWS = BLOCKS_PER_TASK * TOGETHER };
  const int64_t first = task * BLOCKS_PER_TASK, kept = p->w->kept;
  const int64_t rows = lesser(p->w->rows - first * TOGETHER, ROWS);
  const int64_t groups_a_slab = KEPT_A_SLAB / kept;
  float value[ROWS][KEPT_A_SLAB];
  int32_t id[ROWS][KEPT_A_SLAB];
  for (int64_t group = 0; group < p->groups; group += groups_a_slab) {
    const int64_t count = lesser(p->groups - group, groups_a_slab) * kept;
    for (int64_t row = 0; row < rows; row += 1) {
      const int64_t block = first + row / TOGETHER;
      const int64_t from = (block * p->groups + group) * kept * TOGETHER + row % TOGETHER;
      for (int64_t at = 0; at < count; at += 1) {
        const int64_t column =
          (group + at / kept) * p->w->of + p->w->places[from + at * TOGETHER];
        value[row][at] = p->w->values[from + at * TOGETHER];
        id[row][at] = (int32_t)lesser(column, p->w->columns - 1);
      }
    }
    for (int64_t j = 0; j < p->n; j += PANEL) {
      const int64_t stride = panel_stride(p->n, j, PANEL);
      for (int64_t row = 0; row < rows; row += 1)
        row_product(value[row], id[row], count, p->b + j * p->w->columns, stride,
                    p->c + (first * TOGETHER + row) * p->n + j, lesser(p->n - j, stride),
                    group > 0);
    }
  }
}

#endif
