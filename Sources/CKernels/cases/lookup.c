#include <string.h>

#include "case.h"
#include "kernels.h"
#include "lacuna_dense.h"
#include "lacuna_lookup.h"

enum { ORDER = 3, HEADS = 2, HALF = 64, VOCABULARY = 1000 };

typedef struct lookup {
  lacuna_ngrams ngrams;
  lacuna_product_keys memory;
  float *keys, *queries, *chosen, *product;
  int32_t *tokens, *ids;
  int64_t count, k;
} lookup;

/// sizes: tokens, rows a table, width. The dense twin multiplies rows of zeros and a one with the
/// tables.
static void build_ngrams(lacuna_case *made) {
  lookup *own = made->own = CASE_ARRAY(made, lookup, 1);
  if (!own) return;
  const int64_t rows = made->shape.size[1], width = made->shape.size[2];
  own->count = made->shape.size[0];
  own->ngrams = (lacuna_ngrams){NULL, ORDER, HEADS, rows, width};
  const int64_t tables = lacuna_ngram_tables(&own->ngrams);
  own->ngrams.tables = case_floats(made, tables * rows * width);
  own->tokens = CASE_ARRAY(made, int32_t, own->count);
  own->ids = CASE_ARRAY(made, int32_t, own->count * tables);
  own->chosen = CASE_ARRAY(made, float, own->count * rows);
  own->product = CASE_ARRAY(made, float, own->count * width);
  case_outputs(made, own->count * tables * width);
  for (int64_t at = 0; !made->failed && at < own->count; at += 1)
    own->tokens[at] = (int32_t)case_below(made, VOCABULARY);
}

static int32_t one_hot(const lacuna_case *made, lacuna_pool *pool, float *out) {
  const lookup *own = made->own;
  const lacuna_ngrams *n = &own->ngrams;
  const int64_t tables = lacuna_ngram_tables(n);
  lacuna_ngram_ids(n, own->tokens, own->count, own->ids);
  for (int64_t table = 0; table < tables; table += 1) {
    memset(own->chosen, 0, (size_t)(own->count * n->rows) * sizeof(float));
    for (int64_t t = 0; t < own->count; t += 1)
      own->chosen[t * n->rows + own->ids[t * tables + table]] = 1;
    if (lacuna_gemm(pool, own->chosen, n->rows, n->tables + table * n->rows * n->width, n->width,
                    out + table * n->width, tables * n->width, own->count, n->width, n->rows) !=
        LACUNA_DONE)
      return LACUNA_NO_MEMORY;
  }
  return LACUNA_DONE;
}

static int32_t run_ngrams(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                          const lacuna_recorder *recorder) {
  const lookup *own = made->own;
  const lacuna_ngrams *n = &own->ngrams;
  float *out = made->output[variant];
  if (variant == LACUNA_DENSE) return one_hot(made, pool, out);
  lacuna_ngram_ids(n, own->tokens, own->count, own->ids);
  if (variant == LACUNA_SPARSE)
    return lacuna_ngram_rows(pool, n, own->ids, own->count, out, recorder);
  const int64_t tables = lacuna_ngram_tables(n);
  for (int64_t at = 0; at < own->count * tables * n->width; at += 1) {
    const int64_t place = at / n->width, table = place % tables;
    out[at] = n->tables[(table * n->rows + own->ids[place]) * n->width + at % n->width];
  }
  return LACUNA_DONE;
}

static lacuna_work work_ngrams(const lacuna_case *made, lacuna_variant variant) {
  const lookup *own = made->own;
  const double tables = (double)lacuna_ngram_tables(&own->ngrams);
  const double read = tables * (double)own->count * (double)own->ngrams.width;
  if (variant != LACUNA_DENSE) return (lacuna_work){0, 8 * read};
  const double rows = (double)own->ngrams.rows, width = (double)own->ngrams.width;
  return (lacuna_work){2 * read * rows, 4 * (tables * rows * (width + (double)own->count) + read)};
}

static lacuna_shape ragged_ngrams(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 60), ragged_size(&seed, 1, 200), ragged_size(&seed, 1, 70)}, 1, 0};
}

const lacuna_kernel kernel_ngrams = {
  .name = "ngram-rows", .what = "rows of hashed n-gram tables",
  .sizes = {"tokens", "rows a table", "width"}, .typical = {{64, 65536, 128}, 1, 1},
  .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged_ngrams, .build = build_ngrams,
  .run = run_ngrams, .work = work_ngrams,
};

/// sizes: tokens, side, width; density x side are chosen.
static void build_keys(lacuna_case *made) {
  lookup *own = made->own = CASE_ARRAY(made, lookup, 1);
  if (!own) return;
  const int64_t side = made->shape.size[1], width = made->shape.size[2];
  own->count = made->shape.size[0];
  own->k = case_kept(made, side);
  if (side > 4096) made->failed = true;
  lacuna_product_keys *m = &own->memory;
  *m = (lacuna_product_keys){NULL, NULL, NULL, side, HALF, width};
  m->first = case_floats(made, side * HALF);
  m->second = case_floats(made, side * HALF);
  m->values = case_floats(made, side * side * width);
  own->keys = CASE_ARRAY(made, float, side * side * 2 * HALF);
  own->queries = case_floats(made, own->count * 2 * HALF);
  case_outputs(made, own->count * width);
  for (int64_t id = 0; !made->failed && id < side * side; id += 1) {
    memcpy(own->keys + id * 2 * HALF, m->first + id / side * HALF, HALF * sizeof(float));
    memcpy(own->keys + (id * 2 + 1) * HALF, m->second + id % side * HALF, HALF * sizeof(float));
  }
}

static int32_t run_keys(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                        const lacuna_recorder *recorder) {
  const lookup *own = made->own;
  float *out = made->output[variant];
  if (variant == LACUNA_SPARSE)
    return lacuna_product_keys_run(pool, &own->memory, own->queries, own->count, own->k, out,
                                   recorder);
  if (variant == LACUNA_DENSE)
    return lacuna_product_keys_dense(pool, &own->memory, own->keys, own->queries, own->count,
                                     own->k, out);
  lacuna_product_keys_reference(&own->memory, own->queries, own->count, own->k, out);
  return LACUNA_DONE;
}

static lacuna_work work_keys(const lacuna_case *made, lacuna_variant variant) {
  const lookup *own = made->own;
  const double side = (double)own->memory.side, count = (double)own->count;
  const double keys = variant == LACUNA_SPARSE ? 2 * side * HALF : side * side * 2 * HALF;
  const double values = (double)own->k * (double)own->memory.width;
  return (lacuna_work){2 * count * (keys + values), 4 * (keys + count * values)};
}

static lacuna_shape ragged_keys(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 3), ragged_size(&seed, 1, 14), ragged_size(&seed, 1, 70)},
    ragged_density(&seed), 0};
}

const lacuna_kernel kernel_product_keys = {
  .name = "product-keys", .what = "product-key memory: two short searches and a few values",
  .sizes = {"tokens", "side", "width"}, .typical = {{4, 512, 256}, 0.0625, 1},
  .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged_keys, .build = build_keys,
  .run = run_keys, .work = work_keys,
};
