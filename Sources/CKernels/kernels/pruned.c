// Decode attention over a KV cache whose tokens keep some channels (bitmap and values).
//
// As the paper does on a GPU: read compressed, compute dense. A task is a KV head and 512 tokens;
// 32 tokens at a time are expanded to L1, eight channels for each byte of the bitmap: a load of
// the next eight kept values, a permutation and a mask from a table of 2 KiB. Partial softmaxes
// are joined in the order of chunks.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <string.h>

#include "expand.h"
#include "lacuna_pruned.h"
#include "partials.h"

enum { TOKENS_PER_TASK = 512, TILE = LACUNA_TOKENS_A_TILE, MOST_WIDTH = 512, RUN_TOKENS = 32 };

typedef struct decode {
  const lacuna_kv *kv;
  const lacuna_pruned *keys, *values;
  int64_t group, words, chunks, tiles;
  const float *queries;
  float *out, *partial;
  const lacuna_pool *pool;
} decode;

static inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

#define KERNEL_FILE "kernels/pruned.c"
#include "levels.h"

static void chunk(void *context, int64_t task, int32_t worker) {
  const decode *d = context;
  AT_LEVEL(pruned_chunk)(d, task, lacuna_pool_private(d->pool, worker));
}

static void join(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const decode *d = context;
  const int64_t head = task / d->group, member = task % d->group, width = d->kv->width;
  const int64_t floats = width + 2;
  join_partials(d->partial + (head * d->chunks * d->group + member) * floats, d->group * floats,
                d->chunks, width, d->out + task * width);
}

static void name_channels(const uint64_t *map, int64_t width, lacuna_touched what, int64_t list,
                          const lacuna_recorder *recorder) {
  int32_t ids[MOST_WIDTH];
  int64_t count = 0;
  for (int64_t c = 0; c < width; c += 1) {
    ids[count] = (int32_t)c;
    count += (int64_t)(map[c / 64] >> c % 64 & 1);
  }
  lacuna_touch(recorder, what, list, ids, count);
}

int32_t lacuna_attention_pruned(lacuna_pool *pool, const lacuna_kv *shape,
                                const lacuna_pruned *keys, const lacuna_pruned *values,
                                int64_t group, const float *queries, float *out,
                                const lacuna_recorder *recorder) {
  for (int64_t list = 0; recorder && list < shape->heads * shape->tokens; list += 1) {
    const int64_t at = (list / shape->tokens * shape->capacity + list % shape->tokens) *
                       lacuna_map_words(shape->width);
    name_channels(keys->maps + at, shape->width, LACUNA_KEY_CHANNELS, list, recorder);
    name_channels(values->maps + at, shape->width, LACUNA_VALUE_CHANNELS, list, recorder);
  }
  decode d = {
    .kv = shape, .keys = keys, .values = values, .group = group, .pool = pool, .out = out,
    .words = lacuna_map_words(shape->width), .queries = queries,
    .chunks = (shape->tokens + TOKENS_PER_TASK - 1) / TOKENS_PER_TASK,
    .tiles = (shape->capacity + TILE - 1) / TILE,
  };
  const int64_t states = shape->heads * d.chunks * group * (shape->width + 2);
  d.partial = lacuna_pool_shared(pool, states * (int64_t)sizeof(float));
  const int64_t expanded = 2 * RUN_TOKENS * d.words * 64 * (int64_t)sizeof(float);
  if (!d.partial || lacuna_pool_reserve(pool, expanded) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  lacuna_pool_run(pool, shape->heads * d.chunks, chunk, &d);
  lacuna_pool_run(pool, shape->heads * group, join, &d);
  return LACUNA_DONE;
}

void lacuna_prune(const float *dense, const lacuna_kv *shape, int64_t kept, uint64_t *maps,
                  float *values, int64_t *starts) {
  const int64_t words = lacuna_map_words(shape->width), width = shape->width;
  const int64_t tiles = (shape->capacity + TILE - 1) / TILE;
  int64_t count = 0;
  for (int64_t head = 0; head < shape->heads; head += 1)
    for (int64_t token = 0; token < shape->tokens; token += 1) {
      if (token % TILE == 0) starts[head * tiles + token / TILE] = count;
      const float *from = dense + (head * shape->capacity + token) * width;
      uint64_t *map = maps + (head * shape->capacity + token) * words;
      memset(map, 0, (size_t)words * sizeof *map);
      for (int64_t c = 0; c < width; c += 1) {
        int64_t before = 0;
        for (int64_t other = 0; other < width; other += 1)
          before += fabsf(from[other]) > fabsf(from[c]) ||
                    (fabsf(from[other]) == fabsf(from[c]) && other < c);
        if (before >= kept) continue;
        map[c / 64] |= (uint64_t)1 << c % 64;
        values[count++] = from[c];
      }
    }
}

void lacuna_unprune(const lacuna_pruned *pruned, const lacuna_kv *shape, float *dense) {
  const int64_t words = lacuna_map_words(shape->width), width = shape->width;
  const float *value = pruned->values;
  for (int64_t head = 0; head < shape->heads; head += 1)
    for (int64_t token = 0; token < shape->tokens; token += 1) {
      const int64_t at = head * shape->capacity + token;
      for (int64_t c = 0; c < width; c += 1)
        dense[at * width + c] =
          pruned->maps[at * words + c / 64] >> c % 64 & 1 ? *value++ : 0;
    }
}

#else

#include "softmax.h"

typedef float LEVEL(eight) __attribute__((vector_size(32)));
typedef float LEVEL(eight_at) __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t LEVEL(eight_ids) __attribute__((vector_size(32)));
typedef int8_t LEVEL(eight_bytes) __attribute__((vector_size(8), aligned(1), may_alias));

/// One token's channels; the place after its last value comes back.
INLINE const float *LEVEL(expand)(const uint64_t *map, int64_t words, const float *value,
                                  float *to) {
  for (int64_t word = 0; word < words; word += 1) {
    uint64_t bits = map[word];
    for (int byte = 0; byte < 8; byte += 1, bits >>= 8, to += 8) {
      const LEVEL(eight) next = *(const LEVEL(eight_at) *)value;
      const LEVEL(eight_ids) places = __builtin_convertvector(
        *(const LEVEL(eight_bytes) *)expand_places[bits & 255], LEVEL(eight_ids));
      const LEVEL(eight_ids) p = places & 7;
      const LEVEL(eight) chosen = {next[p[0]], next[p[1]], next[p[2]], next[p[3]],
                                   next[p[4]], next[p[5]], next[p[6]], next[p[7]]};
      *(LEVEL(eight_at) *)to = (LEVEL(eight))((LEVEL(eight_ids))chosen & (places >= 0));
      value += __builtin_popcountll(bits & 255);
    }
  }
  return value;
}

static void LEVEL(pruned_chunk)(const decode *d, int64_t task, float *expanded) {
  const int64_t head = task / d->chunks, width = d->kv->width, floats = width + 2;
  float *states = d->partial + task * d->group * floats;
  for (int64_t member = 0; member < d->group; member += 1) {
    states[member * floats] = -INFINITY;
    memset(states + member * floats + 1, 0, (size_t)(floats - 1) * sizeof(float));
  }
  const float scale = 1 / sqrtf((float)width);
  const int64_t stride = d->words * 64;
  const float *key[RUN], *value[RUN];
  for (int64_t t = 0; t < RUN; t += 1) {
    key[t] = expanded + t * stride;
    value[t] = expanded + (RUN + t) * stride;
  }
  const int64_t first = task % d->chunks * TOKENS_PER_TASK;
  const int64_t end = lesser(first + TOKENS_PER_TASK, d->kv->tokens);
  const float *next_key = NULL, *next_value = NULL;
  for (int64_t at = first; at < end; at += RUN) {
    const int64_t n = lesser(end - at, RUN);
    if (at % TILE == 0) {
      next_key = d->keys->values + d->keys->starts[head * d->tiles + at / TILE];
      next_value = d->values->values + d->values->starts[head * d->tiles + at / TILE];
    }
    for (int64_t t = 0; t < n; t += 1) {
      const int64_t map = (head * d->kv->capacity + at + t) * d->words;
      next_key = LEVEL(expand)(d->keys->maps + map, d->words, next_key, expanded + t * stride);
      next_value = LEVEL(expand)(d->values->maps + map, d->words, next_value,
                                 expanded + (RUN + t) * stride);
    }
    attend_group(d->queries + head * d->group * width, d->group, key, value, n, width, scale,
                 states);
  }
}

#endif
