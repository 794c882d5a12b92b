#include "lacuna_prefill.h"

#include <math.h>
#include <stdbool.h>

static bool listed(const int64_t *starts, const int32_t *ids, int64_t list, int64_t id) {
  for (int64_t at = starts[list]; at < starts[list + 1]; at += 1)
    if (ids[at] == id) return true;
  return false;
}

static bool reads(const lacuna_prompt *prompt, const lacuna_block_lists *blocks,
                  const lacuna_vertical_slash *pattern, int64_t head, int64_t query,
                  int64_t key) {
  const int64_t block = query / prompt->block;
  if (blocks)
    return listed(blocks->starts, blocks->ids, head * lacuna_block_count(prompt) + block,
                  key / prompt->block);
  if (!pattern) return true;
  if (listed(pattern->column_starts, pattern->columns, head, key)) return true;
  for (int64_t at = pattern->diagonal_starts[head]; at < pattern->diagonal_starts[head + 1];
       at += 1) {
    const int64_t from = block * prompt->block - pattern->diagonals[at];
    if (key >= from && key < from + prompt->block) return true;
  }
  return false;
}

void lacuna_prefill_reference(const lacuna_prompt *prompt, const lacuna_block_lists *blocks,
                              const lacuna_vertical_slash *pattern, float *out) {
  const int64_t width = prompt->width, tokens = prompt->tokens;
  for (int64_t row = 0; row < prompt->heads * tokens; row += 1) {
    const int64_t head = row / tokens, query = row % tokens;
    const float *q = prompt->queries + row * width;
    const float *keys = prompt->keys + head / prompt->group * tokens * width;
    const float *values = prompt->values + head / prompt->group * tokens * width;
    double total = 0;
    double weighted[1024] = {0};
    for (int64_t key = 0; key <= query; key += 1) {
      if (!reads(prompt, blocks, pattern, head, query, key)) continue;
      double score = 0;
      for (int64_t c = 0; c < width; c += 1) score += (double)q[c] * keys[key * width + c];
      const double share = exp(score / sqrt((double)width));
      total += share;
      for (int64_t c = 0; c < width; c += 1) weighted[c] += share * values[key * width + c];
    }
    for (int64_t c = 0; c < width; c += 1)
      out[row * width + c] = total > 0 ? (float)(weighted[c] / total) : 0;
  }
}
