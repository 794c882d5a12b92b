// Look-ups in n-gram tables and in product-key memories.
//
// N-grams: the row is a hash of the last n tokens (multiply and xor, as Engram; a seed for each
// order and head), and rows are copied. A task is 16 tokens; the rows of the next token are asked
// for while one is copied, because each is a cache miss.
//
// Product keys: 2 side scores instead of side x side. The k best pairs are among the pairs of the
// k best halves, since a pair's score is a sum.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lacuna_dense.h"
#include "lacuna_lookup.h"
#include "lacuna_select.h"

enum { TOKENS_PER_TASK = 16 };

static inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

typedef struct copying {
  const lacuna_ngrams *n;
  const int32_t *ids;
  int64_t count;
  float *out;
} copying;

#define KERNEL_FILE "kernels/lookup.c"
#include "levels.h"

void lacuna_ngram_ids(const lacuna_ngrams *n, const int32_t *tokens, int64_t count, int32_t *ids) {
  for (int64_t at = 0; at < count; at += 1)
    for (int64_t order = 2; order <= n->most_order; order += 1)
      for (int64_t head = 0; head < n->heads; head += 1) {
        uint64_t mixed = (uint64_t)(order * 1000003 + head) * 0x9e3779b97f4a7c15u;
        for (int64_t back = 0; back < order; back += 1) {
          const uint64_t token = at >= back ? (uint64_t)(uint32_t)tokens[at - back] + 1 : 0;
          mixed = (mixed ^ token) * 0xbf58476d1ce4e5b9u;
          mixed ^= mixed >> 29;
        }
        *ids++ = (int32_t)(mixed % (uint64_t)n->rows);
      }
}

static inline const float *row(const lacuna_ngrams *n, int64_t table, int32_t id) {
  return n->tables + (table * n->rows + id) * n->width;
}

static void copy(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const copying *c = context;
  const int64_t tables = lacuna_ngram_tables(c->n), width = c->n->width;
  const int64_t first = task * TOKENS_PER_TASK * tables;
  const int64_t end = lesser(first + TOKENS_PER_TASK * tables, c->count * tables);
  for (int64_t at = first; at < end; at += 1) {
    const int64_t ahead = at + tables;
    if (ahead < end)
      for (int64_t k = 0; k < width; k += 16)
        __builtin_prefetch(row(c->n, ahead % tables, c->ids[ahead]) + k);
    memcpy(c->out + at * width, row(c->n, at % tables, c->ids[at]),
           (size_t)width * sizeof(float));
  }
}

int32_t lacuna_ngram_rows(lacuna_pool *pool, const lacuna_ngrams *n, const int32_t *ids,
                          int64_t count, float *out, const lacuna_recorder *recorder) {
  const int64_t tables = lacuna_ngram_tables(n);
  if (recorder) {
    int32_t *places = malloc((size_t)tables * sizeof *places + 1);
    if (!places) return LACUNA_NO_MEMORY;
    for (int64_t token = 0; token < count; token += 1) {
      for (int64_t table = 0; table < tables; table += 1)
        places[table] = (int32_t)(ids[token * tables + table] + table * n->rows);
      lacuna_touch(recorder, LACUNA_ROWS, token, places, tables);
    }
    free(places);
  }
  copying c = {n, ids, count, out};
  lacuna_pool_run(pool, (count + TOKENS_PER_TASK - 1) / TOKENS_PER_TASK, copy, &c);
  return LACUNA_DONE;
}

/// Memory for one query's search.
typedef struct search {
  float *scores, *pairs;
  int32_t *first, *second, *best;
  const float **rows;
  void *memory;
} search;

static search begin(int64_t scores, int64_t k) {
  search s = {.memory = malloc((size_t)(scores + k * k + 1) * sizeof(float) +
                               (size_t)(3 * k) * sizeof(int32_t) + (size_t)k * sizeof(float *))};
  if (!s.memory) return s;
  s.rows = s.memory;
  s.scores = (float *)(void *)(s.rows + k);
  s.pairs = s.scores + scores;
  s.first = (int32_t *)(void *)(s.pairs + k * k);
  s.second = s.first + k;
  s.best = s.second + k;
  return s;
}

int32_t lacuna_product_keys_run(lacuna_pool *pool, const lacuna_product_keys *memory,
                                const float *queries, int64_t count, int64_t k, float *out,
                                const lacuna_recorder *recorder) {
  const int64_t side = memory->side, half = memory->half;
  search s = begin(2 * side, k);
  if (!s.memory) return LACUNA_NO_MEMORY;
  for (int64_t token = 0; token < count; token += 1) {
    const float *query = queries + token * 2 * half;
    lacuna_gemv(pool, memory->first, query, s.scores, side, half);
    lacuna_gemv(pool, memory->second, query + half, s.scores + side, side, half);
    lacuna_top_k(s.scores, side, k, s.first);
    lacuna_top_k(s.scores + side, side, k, s.second);
    for (int64_t pair = 0; pair < k * k; pair += 1)
      s.pairs[pair] = s.scores[s.first[pair / k]] + s.scores[side + s.second[pair % k]];
    lacuna_top_k(s.pairs, k * k, k, s.best);
    for (int64_t at = 0; at < k; at += 1) {
      const int32_t pair = s.best[at];
      s.scores[at] = s.pairs[pair];
      s.best[at] = (int32_t)(s.first[pair / k] * side + s.second[pair % k]);
    }
    lacuna_touch(recorder, LACUNA_ROWS, token, s.best, k);
    AT_LEVEL(weigh_values)(memory, s.best, s.scores, s.rows, k, out + token * memory->width);
  }
  free(s.memory);
  return LACUNA_DONE;
}

int32_t lacuna_product_keys_dense(lacuna_pool *pool, const lacuna_product_keys *memory,
                                  const float *keys, const float *queries, int64_t count,
                                  int64_t k, float *out) {
  const int64_t all = memory->side * memory->side, width = 2 * memory->half;
  search s = begin(all, k);
  if (!s.memory) return LACUNA_NO_MEMORY;
  for (int64_t token = 0; token < count; token += 1) {
    lacuna_gemv(pool, keys, queries + token * width, s.scores, all, width);
    lacuna_top_k(s.scores, all, k, s.best);
    for (int64_t at = 0; at < k; at += 1) s.pairs[at] = s.scores[s.best[at]];
    AT_LEVEL(weigh_values)(memory, s.best, s.pairs, s.rows, k, out + token * memory->width);
  }
  free(s.memory);
  return LACUNA_DONE;
}

#else

#include "softmax.h"

/// out = sum of softmax(scores) times the named values; scores are used up.
static void LEVEL(weigh_values)(const lacuna_product_keys *memory, const int32_t *ids,
                                float *scores, const float **rows, int64_t k, float *out) {
  float most = scores[0];
  for (int64_t at = 0; at < k; at += 1) {
    most = scores[at] > most ? scores[at] : most;
    rows[at] = memory->values + (int64_t)ids[at] * memory->width;
  }
  const float total = raise(scores, k, most);
  for (int64_t at = 0; at < k; at += 1) scores[at] /= total;
  memset(out, 0, (size_t)memory->width * sizeof *out);
  weighted_sum(out, rows, scores, k, memory->width);
}

#endif
