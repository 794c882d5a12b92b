// Sparse times sparse, row by row, with a hash table for each row (Gustavson's order, as SMASH).
//
// Row i of C is the sum of the rows of B that row i of A names, scaled. A worker's table has room
// for twice the products of its greatest row (at most twice the columns of B), a power of two,
// probed linearly; a slot belongs to a row when it carries the row's mark, so the table is never
// cleared. Columns are sorted at the end of a row; sums are added in the order of A's entries, so
// the result does not depend on the table. A task is 16 rows.

#include <stdlib.h>
#include <string.h>

#include "lacuna_csr.h"

enum { ROWS_PER_TASK = 16 };

typedef struct slot {
  int64_t mark;
  int32_t id;
  float value;
} slot;

typedef struct product {
  const lacuna_pool *pool;
  const lacuna_csr *a, *b;
  int64_t *counts;
  const int64_t *starts;
  int32_t *ids;
  float *values;
  int64_t slots;
} product;

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

/// Knuth's multiplicative hash, the high bits.
static int64_t place(int32_t id, int64_t slots) {
  const uint64_t mixed = (uint64_t)(uint32_t)id * 0x9e3779b97f4a7c15u;
  return (int64_t)(mixed >> 32) & (slots - 1);
}

static slot *find(slot *table, int64_t slots, int64_t mark, int32_t id) {
  int64_t at = place(id, slots);
  while (table[at].mark == mark && table[at].id != id) at = (at + 1) & (slots - 1);
  return table + at;
}

static void count(void *context, int64_t task, int32_t worker) {
  const product *p = context;
  slot *table = lacuna_pool_private(p->pool, worker);
  const int64_t end = lesser((task + 1) * ROWS_PER_TASK, p->a->rows);
  for (int64_t row = task * ROWS_PER_TASK; row < end; row += 1) {
    int64_t entries = 0;
    for (int64_t k = p->a->starts[row]; k < p->a->starts[row + 1]; k += 1) {
      const int32_t middle = p->a->ids[k];
      for (int64_t at = p->b->starts[middle]; at < p->b->starts[middle + 1]; at += 1) {
        slot *found = find(table, p->slots, row + 1, p->b->ids[at]);
        entries += found->mark != row + 1;
        found->mark = row + 1;
        found->id = p->b->ids[at];
      }
    }
    p->counts[row] = entries;
  }
}

static int by_id(const void *left, const void *right) {
  const int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
  return (a > b) - (a < b);
}

static void fill(void *context, int64_t task, int32_t worker) {
  const product *p = context;
  slot *table = lacuna_pool_private(p->pool, worker);
  const int64_t end = lesser((task + 1) * ROWS_PER_TASK, p->a->rows);
  for (int64_t row = task * ROWS_PER_TASK; row < end; row += 1) {
    int32_t *ids = p->ids + p->starts[row];
    int64_t entries = 0;
    for (int64_t k = p->a->starts[row]; k < p->a->starts[row + 1]; k += 1) {
      const int32_t middle = p->a->ids[k];
      const float scale = p->a->values[k];
      for (int64_t at = p->b->starts[middle]; at < p->b->starts[middle + 1]; at += 1) {
        const int32_t id = p->b->ids[at];
        slot *found = find(table, p->slots, row + 1, id);
        if (found->mark != row + 1) {
          *found = (slot){row + 1, id, 0};
          ids[entries] = id;
          entries += 1;
        }
        found->value += scale * p->b->values[at];
      }
    }
    qsort(ids, (size_t)entries, sizeof *ids, by_id);
    for (int64_t at = 0; at < entries; at += 1)
      p->values[p->starts[row] + at] = find(table, p->slots, row + 1, ids[at])->value;
  }
}

/// Sees to tables in which no slot carries a row's mark.
static int32_t prepare(lacuna_pool *pool, product *p) {
  int64_t most = 0;
  for (int64_t row = 0; row < p->a->rows; row += 1) {
    int64_t products = 0;
    for (int64_t k = p->a->starts[row]; k < p->a->starts[row + 1]; k += 1)
      products += p->b->starts[p->a->ids[k] + 1] - p->b->starts[p->a->ids[k]];
    most = products > most ? products : most;
  }
  p->slots = 16;
  while (p->slots < 2 * lesser(most, p->b->columns)) p->slots *= 2;
  const int64_t bytes = p->slots * (int64_t)sizeof(slot);
  if (lacuna_pool_reserve(pool, bytes) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  for (int32_t worker = 0; worker < lacuna_pool_threads(pool); worker += 1)
    memset(lacuna_pool_private(pool, worker), 0, (size_t)bytes);
  return LACUNA_DONE;
}

int32_t lacuna_csr_product_starts(lacuna_pool *pool, const lacuna_csr *a, const lacuna_csr *b,
                                  int64_t *starts) {
  product p = {.pool = pool, .a = a, .b = b, .counts = starts + 1};
  if (prepare(pool, &p) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  lacuna_pool_run(pool, (a->rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK, count, &p);
  starts[0] = 0;
  for (int64_t row = 0; row < a->rows; row += 1) starts[row + 1] += starts[row];
  return LACUNA_DONE;
}

int32_t lacuna_csr_product(lacuna_pool *pool, const lacuna_csr *a, const lacuna_csr *b,
                           const int64_t *starts, int32_t *ids, float *values,
                           const lacuna_recorder *recorder) {
  for (int64_t row = 0; recorder && row < a->rows; row += 1)
    lacuna_touch(recorder, LACUNA_ROWS, row, a->ids + a->starts[row],
                 a->starts[row + 1] - a->starts[row]);
  product p = {.pool = pool, .a = a, .b = b, .starts = starts, .ids = ids, .values = values};
  if (prepare(pool, &p) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  lacuna_pool_run(pool, (a->rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK, fill, &p);
  return LACUNA_DONE;
}
