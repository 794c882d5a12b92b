#ifndef LACUNA_PREFILL_H
#define LACUNA_PREFILL_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// Causal prefill attention in fp32 over all tokens of a prompt, whole or by a pattern.
///
/// out_i = sum over the keys j <= i that query i reads of softmax(q_i . k_j / sqrt(width)) v_j.
/// Queries and outputs are [head][tokens][width]; keys and values [KV head][tokens][width], where
/// query head h reads KV head h / group. Queries go by blocks of `block` tokens, at most 256; a
/// query that reads no key gives zeros.
typedef struct lacuna_prompt {
  const float *queries, *keys, *values;
  int64_t tokens, heads, group, width;
  int64_t block;
} lacuna_prompt;

static inline int64_t lacuna_block_count(const lacuna_prompt *prompt) {
  return (prompt->tokens + prompt->block - 1) / prompt->block;
}

/// The key blocks of a query block: those of head h and query block b are
/// ids[starts[h * blocks + b]] ..< ids[starts[h * blocks + b + 1]], rising, each at most b.
typedef struct lacuna_block_lists {
  const int64_t *starts;
  const int32_t *ids;
} lacuna_block_lists;

/// Columns that every query reads, and diagonals. A query block that starts at token i reads, for
/// a diagonal at distance s, the keys i - s ..< i - s + block: the diagonal of each of its
/// queries, and what lies between. Those of head h are between starts[h] and starts[h + 1].
/// *Source*: MInference, arXiv 2407.02490, section 3.2 and appendix C.
typedef struct lacuna_vertical_slash {
  const int64_t *column_starts;
  const int32_t *columns;
  const int64_t *diagonal_starts;
  const int32_t *diagonals;
} lacuna_vertical_slash;

int32_t lacuna_prefill_dense(lacuna_pool *pool, const lacuna_prompt *prompt, float *out);
/// Touches LACUNA_BLOCKS, a list for each head and query block.
int32_t lacuna_prefill_blocks(lacuna_pool *pool, const lacuna_prompt *prompt,
                              const lacuna_block_lists *blocks, float *out,
                              const lacuna_recorder *recorder);
/// Touches LACUNA_TOKENS with the columns of each head and LACUNA_DIAGONALS with its diagonals.
int32_t lacuna_prefill_vertical_slash(lacuna_pool *pool, const lacuna_prompt *prompt,
                                      const lacuna_vertical_slash *pattern, float *out,
                                      const lacuna_recorder *recorder);

/// By either pattern; without both, dense. Width at most 1024.
void lacuna_prefill_reference(const lacuna_prompt *prompt, const lacuna_block_lists *blocks,
                              const lacuna_vertical_slash *pattern, float *out);

#endif
