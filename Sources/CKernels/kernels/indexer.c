// Indexer scores, over all tokens or over those of the best blocks, and the choice of the top k.
//
// Keys times the transposed queries is a matrix product with few columns: it runs on the tile
// product of GEMM, tokens as rows, index heads as columns, and each tile is folded at once
// (max with 0, weighted sum), so that scores by head are never stored. A task is 192 tokens.

#ifndef KERNEL_LEVEL

#include <stdlib.h>
#include <string.h>

#include "lacuna_indexer.h"
#include "lacuna_select.h"

enum { TOKENS_PER_TASK = 192, MOST_TILE_ROWS = 12, MOST_TILE_COLUMNS = 32 };

typedef struct scoring {
  const lacuna_pool *pool;
  const float *keys;
  /// NULL: token i is row i; else row ids[i / block] * block + i % block.
  const int32_t *ids;
  int64_t block, tokens, width, heads;
  const float *queries, *weights;
  /// Queries as [panel of heads][width][panel], and weights padded with zeros.
  float *packed, *padded;
  float *scores;
} scoring;

static inline int64_t row_of(const scoring *s, int64_t at) {
  return s->ids ? s->ids[at / s->block] * s->block + at % s->block : at;
}

#define KERNEL_FILE "kernels/indexer.c"
#include "levels.h"

static void part(void *context, int64_t task, int32_t worker) {
  const scoring *s = context;
  AT_LEVEL(indexer_part)(s, task * TOKENS_PER_TASK, lacuna_pool_private(s->pool, worker));
}

static int32_t score(lacuna_pool *pool, scoring *s) {
  const int64_t heads = (s->heads + MOST_TILE_COLUMNS - 1) / MOST_TILE_COLUMNS * MOST_TILE_COLUMNS;
  float *memory = lacuna_pool_shared(pool, heads * (s->width + 1) * (int64_t)sizeof(float));
  const int64_t own = MOST_TILE_ROWS * s->width * (int64_t)sizeof(float);
  if (!memory || lacuna_pool_reserve(pool, own) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  s->pool = pool;
  s->packed = memory;
  s->padded = memory + heads * s->width;
  AT_LEVEL(indexer_pack)(s, heads);
  lacuna_pool_run(pool, (s->tokens + TOKENS_PER_TASK - 1) / TOKENS_PER_TASK, part, s);
  return LACUNA_DONE;
}

static scoring scoring_of(const lacuna_indexer *indexer, const float *keys, int64_t tokens,
                          const float *queries, const float *weights, float *scores) {
  return (scoring){
    .keys = keys, .tokens = tokens, .width = indexer->width, .heads = indexer->heads,
    .queries = queries, .weights = weights, .scores = scores,
  };
}

int64_t lacuna_index_flat(lacuna_pool *pool, const lacuna_indexer *indexer, const float *queries,
                          const float *weights, int64_t k, int32_t *ids,
                          const lacuna_recorder *recorder) {
  float *scores = malloc((size_t)indexer->tokens * sizeof *scores + 1);
  if (!scores) return LACUNA_NO_MEMORY;
  scoring s = scoring_of(indexer, indexer->keys, indexer->tokens, queries, weights, scores);
  int64_t count = score(pool, &s);
  if (count == LACUNA_DONE) {
    count = lacuna_top_k(scores, indexer->tokens, k, ids);
    lacuna_touch(recorder, LACUNA_TOKENS, 0, ids, count);
  }
  free(scores);
  return count;
}

int64_t lacuna_index_two_level(lacuna_pool *pool, const lacuna_indexer *indexer,
                               const float *means, int64_t block, int64_t blocks,
                               const float *queries, const float *weights, int64_t k,
                               int32_t *ids, const lacuna_recorder *recorder) {
  const int64_t all = (indexer->tokens + block - 1) / block;
  const int64_t most = all > blocks * block ? all : blocks * block;
  float *scores = malloc((size_t)most * sizeof *scores + 1);
  int32_t *kept = malloc((size_t)all * sizeof *kept + 1);
  int64_t count = LACUNA_NO_MEMORY;
  if (scores && kept) {
    scoring s = scoring_of(indexer, means, all, queries, weights, scores);
    count = score(pool, &s);
  }
  if (count == LACUNA_DONE) {
    const int64_t chosen = lacuna_top_k(scores, all, blocks, kept);
    lacuna_touch(recorder, LACUNA_BLOCKS, 0, kept, chosen);
    // Only the last block of all can be shorter, and it comes last.
    int64_t tokens = chosen * block;
    if (chosen > 0 && kept[chosen - 1] == all - 1) tokens -= all * block - indexer->tokens;
    scoring s = scoring_of(indexer, indexer->keys, tokens, queries, weights, scores);
    s.ids = kept;
    s.block = block;
    count = score(pool, &s);
    if (count == LACUNA_DONE) {
      count = lacuna_top_k(scores, tokens, k, ids);
      for (int64_t at = 0; at < count; at += 1) ids[at] = (int32_t)row_of(&s, ids[at]);
      lacuna_touch(recorder, LACUNA_TOKENS, 0, ids, count);
    }
  }
  free(scores);
  free(kept);
  return count;
}

void lacuna_index_means(const lacuna_indexer *indexer, int64_t block, float *means) {
  const int64_t width = indexer->width;
  for (int64_t first = 0; first < indexer->tokens; first += block, means += width) {
    const int64_t left = indexer->tokens - first, count = left < block ? left : block;
    for (int64_t c = 0; c < width; c += 1) {
      float total = 0;
      for (int64_t t = 0; t < count; t += 1) total += indexer->keys[(first + t) * width + c];
      means[c] = total / (float)count;
    }
  }
}

#else

#include "micro.h"

static void LEVEL(indexer_pack)(const scoring *s, int64_t heads) {
  for (int64_t head = 0; head < heads; head += 1) {
    s->padded[head] = head < s->heads ? s->weights[head] : 0;
    float *to = s->packed + head / NR * NR * s->width + head % NR;
    for (int64_t c = 0; c < s->width; c += 1)
      to[c * NR] = head < s->heads ? s->queries[head * s->width + c] : 0;
  }
}

static void LEVEL(indexer_part)(const scoring *s, int64_t first, float *rows) {
  const int64_t end = s->tokens - first < TOKENS_PER_TASK ? s->tokens : first + TOKENS_PER_TASK;
  for (int64_t at = first; at < end; at += MR) {
    const int64_t some = end - at < MR ? end - at : MR;
    for (int64_t r = 0; r < MR; r += 1) {
      const float *key = s->keys + row_of(s, at + (r < some ? r : 0)) * s->width;
      for (int64_t c = 0; c < s->width; c += 1) rows[c * MR + r] = key[c];
    }
    vf totals[MR] = {{0}};
    for (int64_t head = 0; head < s->heads; head += NR) {
      vf tile[MR][2];
      micro(rows, s->packed + head * s->width, NR, s->width, tile);
      const vf w0 = load(s->padded + head), w1 = load(s->padded + head + LANES);
      for (int r = 0; r < MR; r += 1)
        totals[r] += maximum(tile[r][0], (vf){0}) * w0 + maximum(tile[r][1], (vf){0}) * w1;
    }
    for (int64_t r = 0; r < some; r += 1) s->scores[at + r] = sum(totals[r]);
  }
}

#endif
