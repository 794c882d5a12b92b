#ifndef LACUNA_INDEXER_H
#define LACUNA_INDEXER_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// A small network that scores tokens for a query, of which the top k are then attended to.
///
/// score(t) = sum over index heads h of weights[h] * max(0, queries[h] . keys[t]).
/// *Source*: DeepSeek-V3.2-Exp's lightning indexer (DSA), equation 1.
/// keys is tokens x width: one key a token, shared by all index heads; queries is heads x width.
typedef struct lacuna_indexer {
  const float *keys;
  int64_t tokens, width, heads;
} lacuna_indexer;

/// Scores every token; the ids of the k best come out rising, and their count.
/// LACUNA_NO_MEMORY where memory does not suffice. Touches LACUNA_TOKENS with the chosen.
int64_t lacuna_index_flat(lacuna_pool *pool, const lacuna_indexer *indexer, const float *queries,
                          const float *weights, int64_t k, int32_t *ids,
                          const lacuna_recorder *recorder);

/// Scores blocks of `block` tokens by the means of their keys (blocks x width, the last block's
/// over the tokens it has), keeps the best `blocks`, and scores their tokens only. `ids` has room
/// for k. Touches LACUNA_BLOCKS with the kept blocks, then LACUNA_TOKENS.
/// *Source*: hierarchical indexing of sparse attention (HISA).
int64_t lacuna_index_two_level(lacuna_pool *pool, const lacuna_indexer *indexer,
                               const float *means, int64_t block, int64_t blocks,
                               const float *queries, const float *weights, int64_t k,
                               int32_t *ids, const lacuna_recorder *recorder);
void lacuna_index_means(const lacuna_indexer *indexer, int64_t block, float *means);

/// Scores of tokens (or of means) in plain loops.
void lacuna_index_reference(const lacuna_indexer *indexer, const float *queries,
                            const float *weights, float *scores);

#endif
