#ifndef LACUNA_PRUNED_H
#define LACUNA_PRUNED_H

#include "lacuna_attention.h"
#include "lacuna_recorder.h"

/// A KV cache of which each token keeps some channels: a bitmap and the kept values in order.
///
/// *Source*: Mustafar, arXiv 2505.22913, section 3. maps[KV head][capacity][words] has a bit a
/// channel, the lowest first, `words` of 64 bits a token; values of 64 tokens lie without gaps
/// from starts[KV head][tile], and eight floats past the last value may be read.
typedef struct lacuna_pruned {
  const uint64_t *maps;
  const float *values;
  const int64_t *starts;
} lacuna_pruned;

enum { LACUNA_TOKENS_A_TILE = 64 };

static inline int64_t lacuna_map_words(int64_t width) { return (width + 63) / 64; }

/// Keeps the `kept` channels of each token that are farthest from zero (the first of equals).
/// `maps` has room for heads * capacity * words, `starts` for heads * tiles, where tiles is
/// capacity / 64 rounded up, `values` for heads * tokens * kept + 8.
void lacuna_prune(const float *dense, const lacuna_kv *shape, int64_t kept, uint64_t *maps,
                  float *values, int64_t *starts);
/// The dense keys or values that the pruned ones stand for.
void lacuna_unprune(const lacuna_pruned *pruned, const lacuna_kv *shape, float *dense);

/// Decode attention over a pruned cache. `shape` says tokens, capacity, heads and width, at most
/// 512; its own keys and values are not read. Touches, token by token of each KV head (list head *
/// tokens + token), LACUNA_KEY_CHANNELS and LACUNA_VALUE_CHANNELS: the channels kept, rising.
int32_t lacuna_attention_pruned(lacuna_pool *pool, const lacuna_kv *shape,
                                const lacuna_pruned *keys, const lacuna_pruned *values,
                                int64_t group, const float *queries, float *out,
                                const lacuna_recorder *recorder);

#endif
