// Prefill attention, dense, block-sparse or vertical-slash, tile by tile with a running softmax.
//
// A task is a head and a block of queries. It first lists the keys that the block reads, in order;
// the rest is the same for all patterns. 64 keys at a time are gathered, keys transposed and values
// as they are, so that both products run on the tile product of GEMM: scores = Q K^T, then
// weighted += P V. Only tiles that reach past the block's first query look at the causal mask.
// *Source*: FlashAttention-2, arXiv 2307.08691, algorithm 1.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <string.h>

#include "lacuna_prefill.h"

enum { KEYS_A_TILE = 64, MOST_ROWS_A_TILE_PRODUCT = 12, MOST_COLUMNS_A_TILE_PRODUCT = 32 };

typedef struct prefill {
  const lacuna_prompt *prompt;
  const lacuna_block_lists *blocks;
  const lacuna_vertical_slash *pattern;
  float *out;
  const lacuna_pool *pool;
} prefill;

/// A worker's memory, cut up.
typedef struct scratch {
  float *queries, *keys, *values, *scores, *shares, *weighted, *peak, *total;
  int32_t *ids;
  uint8_t *marks;
  int64_t bytes;
} scratch;

static inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

static scratch cut(const lacuna_prompt *prompt, char *memory) {
  scratch s = {.bytes = 0};
  const int64_t rows = prompt->block + MOST_ROWS_A_TILE_PRODUCT;
  const int64_t width = up(prompt->width, MOST_COLUMNS_A_TILE_PRODUCT);
  float **parts[] = {&s.queries, &s.keys,     &s.values,   &s.scores,
                     &s.shares,  &s.weighted, &s.peak, &s.total};
  const int64_t floats[] = {rows * prompt->width, prompt->width * KEYS_A_TILE,
                            KEYS_A_TILE * width,  rows * KEYS_A_TILE,
                            rows * KEYS_A_TILE,   rows * width,
                            rows,                 rows};
  for (int at = 0; at < 8; at += 1) {
    *parts[at] = memory ? (float *)(void *)(memory + s.bytes) : NULL;
    s.bytes += up(floats[at] * (int64_t)sizeof(float), 64);
  }
  s.ids = memory ? (int32_t *)(void *)(memory + s.bytes) : NULL;
  s.bytes += up(prompt->tokens * (int64_t)sizeof(int32_t), 64);
  s.marks = memory ? (uint8_t *)memory + s.bytes : NULL;
  s.bytes += up(prompt->tokens, 64);
  return s;
}

/// Lists the keys that a block of queries reads, rising; their count comes back.
static int64_t list_keys(const prefill *p, int64_t head, int64_t block, const scratch *s) {
  const lacuna_prompt *prompt = p->prompt;
  const int64_t first = block * prompt->block;
  const int64_t end = lesser(first + prompt->block, prompt->tokens);
  int64_t count = 0;
  if (p->blocks) {
    const int64_t list = head * lacuna_block_count(prompt) + block;
    for (int64_t at = p->blocks->starts[list]; at < p->blocks->starts[list + 1]; at += 1) {
      const int64_t from = p->blocks->ids[at] * prompt->block;
      for (int64_t key = from; key < lesser(from + prompt->block, end); key += 1)
        s->ids[count++] = (int32_t)key;
    }
    return count;
  }
  if (!p->pattern) {
    for (int64_t key = 0; key < end; key += 1) s->ids[count++] = (int32_t)key;
    return count;
  }
  const lacuna_vertical_slash *v = p->pattern;
  memset(s->marks, 0, (size_t)end);
  for (int64_t at = v->column_starts[head]; at < v->column_starts[head + 1]; at += 1)
    if (v->columns[at] < end) s->marks[v->columns[at]] = 1;
  for (int64_t at = v->diagonal_starts[head]; at < v->diagonal_starts[head + 1]; at += 1) {
    const int64_t from = first - v->diagonals[at], to = lesser(from + prompt->block, end);
    if (to > 0) memset(s->marks + (from > 0 ? from : 0), 1, (size_t)(to - (from > 0 ? from : 0)));
  }
  for (int64_t key = 0; key < end; key += 1) {
    s->ids[count] = (int32_t)key;
    count += s->marks[key];
  }
  return count;
}

#define KERNEL_FILE "kernels/prefill.c"
#include "levels.h"

static void block(void *context, int64_t task, int32_t worker) {
  const prefill *p = context;
  const scratch s = cut(p->prompt, lacuna_pool_private(p->pool, worker));
  const int64_t blocks = lacuna_block_count(p->prompt);
  AT_LEVEL(prefill_block)(p, &s, task / blocks, task % blocks);
}

static int32_t run(lacuna_pool *pool, prefill *p) {
  if (lacuna_pool_reserve(pool, cut(p->prompt, NULL).bytes) != LACUNA_DONE)
    return LACUNA_NO_MEMORY;
  lacuna_pool_run(pool, p->prompt->heads * lacuna_block_count(p->prompt), block, p);
  return LACUNA_DONE;
}

int32_t lacuna_prefill_dense(lacuna_pool *pool, const lacuna_prompt *prompt, float *out) {
  prefill p = {.prompt = prompt, .out = out, .pool = pool};
  return run(pool, &p);
}

int32_t lacuna_prefill_blocks(lacuna_pool *pool, const lacuna_prompt *prompt,
                              const lacuna_block_lists *blocks, float *out,
                              const lacuna_recorder *recorder) {
  const int64_t lists = prompt->heads * lacuna_block_count(prompt);
  for (int64_t list = 0; recorder && list < lists; list += 1)
    lacuna_touch(recorder, LACUNA_BLOCKS, list, blocks->ids + blocks->starts[list],
                 blocks->starts[list + 1] - blocks->starts[list]);
  prefill p = {.prompt = prompt, .blocks = blocks, .out = out, .pool = pool};
  return run(pool, &p);
}

int32_t lacuna_prefill_vertical_slash(lacuna_pool *pool, const lacuna_prompt *prompt,
                                      const lacuna_vertical_slash *pattern, float *out,
                                      const lacuna_recorder *recorder) {
  for (int64_t head = 0; recorder && head < prompt->heads; head += 1) {
    lacuna_touch(recorder, LACUNA_TOKENS, head, pattern->columns + pattern->column_starts[head],
                 pattern->column_starts[head + 1] - pattern->column_starts[head]);
    lacuna_touch(recorder, LACUNA_DIAGONALS, head,
                 pattern->diagonals + pattern->diagonal_starts[head],
                 pattern->diagonal_starts[head + 1] - pattern->diagonal_starts[head]);
  }
  prefill p = {.prompt = prompt, .pattern = pattern, .out = out, .pool = pool};
  return run(pool, &p);
}

#else

#include "micro.h"
#include "softmax.h"

/// Packs rows x k of A, with the given length from row to row, as the tile product reads it.
INLINE void LEVEL(pack_rows)(const float *a, int64_t stride, int64_t rows, int64_t k, float scale,
                             float *to) {
  for (int64_t i = 0; i < rows; i += MR)
    for (int64_t r = 0; r < MR; r += 1)
      for (int64_t l = 0; l < k; l += 1)
        to[i * k + l * MR + r] = i + r < rows ? a[(i + r) * stride + l] * scale : 0;
}

/// scores of a tile to shares, row by row; what was weighted before fades as the greatest rises.
INLINE void LEVEL(soften)(const scratch *s, const int32_t *ids, int64_t keys, int64_t first,
                          int64_t rows, int64_t width) {
  for (int64_t i = 0; i < rows; i += 1) {
    float *score = s->scores + i * KEYS_A_TILE;
    int64_t seen = keys;
    while (seen > 0 && ids[seen - 1] > first + i) seen -= 1;
    vf highest = spread(s->peak[i]);
    for (int64_t t = seen; t < KEYS_A_TILE; t += 1) score[t] = -INFINITY;
    for (int64_t t = 0; t < KEYS_A_TILE; t += LANES) highest = maximum(highest, load(score + t));
    const float most = greatest(highest);
    if (seen == 0) {
      memset(score, 0, KEYS_A_TILE * sizeof *score);
      continue;
    }
    if (most > s->peak[i]) {
      const float fade = exponential(spread(s->peak[i] - most))[0];
      s->total[i] *= fade;
      float *weighted = s->weighted + i * width;
      for (int64_t c = 0; c < width; c += 1) weighted[c] *= fade;
      s->peak[i] = most;
    }
    s->total[i] += raise(score, KEYS_A_TILE, most);
  }
}

static void LEVEL(prefill_block)(const prefill *p, const scratch *s, int64_t head,
                                 int64_t block) {
  const lacuna_prompt *prompt = p->prompt;
  const int64_t width = prompt->width, wide = (width + NR - 1) / NR * NR;
  const int64_t first = block * prompt->block;
  const int64_t rows = lesser(prompt->tokens - first, prompt->block);
  const float *keys = prompt->keys + head / prompt->group * prompt->tokens * width;
  const float *values = prompt->values + head / prompt->group * prompt->tokens * width;
  LEVEL(pack_rows)(prompt->queries + (head * prompt->tokens + first) * width, width, rows, width,
                   1 / sqrtf((float)width), s->queries);
  memset(s->weighted, 0, (size_t)(rows * wide) * sizeof(float));
  for (int64_t i = 0; i < rows; i += 1) {
    s->peak[i] = -INFINITY;
    s->total[i] = 0;
  }
  const int64_t count = list_keys(p, head, block, s);
  for (int64_t done = 0; done < count; done += KEYS_A_TILE) {
    const int32_t *ids = s->ids + done;
    const int64_t some = lesser(count - done, KEYS_A_TILE);
    if (some < KEYS_A_TILE)
      memset(s->keys, 0, (size_t)(width * KEYS_A_TILE) * sizeof(float));
    for (int64_t t = 0; t < some; t += 1) {
      const float *key = keys + ids[t] * width, *value = values + ids[t] * width;
      for (int64_t c = 0; c < width; c += 1) s->keys[c * KEYS_A_TILE + t] = key[c];
      memcpy(s->values + t * wide, value, (size_t)width * sizeof(float));
      memset(s->values + t * wide + width, 0, (size_t)(wide - width) * sizeof(float));
    }
    vf tile[MR][2];
    for (int64_t j = 0; j < some; j += NR)
      for (int64_t i = 0; i < rows; i += MR) {
        micro(s->queries + i * width, s->keys + j, KEYS_A_TILE, width, tile);
        put_tile(tile, s->scores + i * KEYS_A_TILE + j, KEYS_A_TILE, MR, NR, 0);
      }
    LEVEL(soften)(s, ids, some, first, rows, wide);
    LEVEL(pack_rows)(s->scores, KEYS_A_TILE, rows, some, 1, s->shares);
    for (int64_t j = 0; j < wide; j += NR)
      for (int64_t i = 0; i < rows; i += MR) {
        micro(s->shares + i * some, s->values + j, wide, some, tile);
        put_tile(tile, s->weighted + i * wide + j, wide, lesser(rows - i, MR), NR, 1);
      }
  }
  for (int64_t i = 0; i < rows; i += 1) {
    float *out = p->out + (head * prompt->tokens + first + i) * width;
    const float share = s->total[i] > 0 ? 1 / s->total[i] : 0;
    for (int64_t c = 0; c < width; c += 1) out[c] = s->weighted[i * wide + c] * share;
  }
}

#endif
