#ifndef LACUNA_LOOKUP_H
#define LACUNA_LOOKUP_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// Tables read by address: n-gram memories and product-key memories.

/// Hashed n-gram memory. Orders 2 ... most_order, each with `heads` tables of `rows` x width,
/// the tables one after the other: order first, then head.
/// *Source*: Engram (conditional memory by n-gram look-up), section 2.
typedef struct lacuna_ngrams {
  const float *tables;
  int64_t most_order, heads, rows, width;
} lacuna_ngrams;

static inline int64_t lacuna_ngram_tables(const lacuna_ngrams *n) {
  return (n->most_order - 1) * n->heads;
}

/// The row that each token and the ones before it (0 before the start) have in each table:
/// ids is count x tables.
void lacuna_ngram_ids(const lacuna_ngrams *n, const int32_t *tokens, int64_t count, int32_t *ids);
/// out, count x tables x width, gets the rows. Touches LACUNA_ROWS, a list of row + table * rows a
/// token when recorded.
int32_t lacuna_ngram_rows(lacuna_pool *pool, const lacuna_ngrams *n, const int32_t *ids,
                          int64_t count, float *out, const lacuna_recorder *recorder);

/// Product-key memory: side x side values of `width`, addressed by two sets of `side` half keys,
/// each side x half. A query is 2 x half.
/// *Source*: Lample et al., arXiv 1907.05242; UltraMem, arXiv 2411.12364.
typedef struct lacuna_product_keys {
  const float *first, *second, *values;
  int64_t side, half, width;
} lacuna_product_keys;

/// out[t] = sum over the k best (i, j) of softmax(first_i . q1 + second_j . q2) values[i side + j].
/// 1 <= k <= side. Touches LACUNA_ROWS, a list a token.
int32_t lacuna_product_keys_run(lacuna_pool *pool, const lacuna_product_keys *memory,
                                const float *queries, int64_t count, int64_t k, float *out,
                                const lacuna_recorder *recorder);
/// The same by scoring all side x side keys, given densely: keys is side * side x 2 half.
int32_t lacuna_product_keys_dense(lacuna_pool *pool, const lacuna_product_keys *memory,
                                  const float *keys, const float *queries, int64_t count,
                                  int64_t k, float *out);
void lacuna_product_keys_reference(const lacuna_product_keys *memory, const float *queries,
                                   int64_t count, int64_t k, float *out);

#endif
