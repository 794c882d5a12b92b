#include "lacuna_trie.h"

#include <math.h>

/// The log probability of an edge of a beam, its score added.
static double score_of(const lacuna_trie *trie, const lacuna_beam *beam, const float *logits,
                       int64_t edge) {
  double total = 0;
  for (int64_t at = trie->starts[beam->node]; at < trie->starts[beam->node + 1]; at += 1)
    total += exp((double)logits[trie->tokens[at]]);
  return (double)logits[trie->tokens[edge]] - log(total) + beam->score;
}

int64_t lacuna_trie_step_reference(const lacuna_trie *trie, const lacuna_beam *beams,
                                   int64_t count, const float *logits, int64_t most,
                                   lacuna_beam *kept) {
  int64_t chosen = 0;
  for (int64_t b = 0; b < count; b += 1)
    for (int64_t e = trie->starts[beams[b].node]; e < trie->starts[beams[b].node + 1]; e += 1) {
      const double own = score_of(trie, &beams[b], logits + b * trie->vocabulary, e);
      int64_t before = 0;
      for (int64_t o = 0; o < count; o += 1)
        for (int64_t at = trie->starts[beams[o].node]; at < trie->starts[beams[o].node + 1];
             at += 1)
          before += score_of(trie, &beams[o], logits + o * trie->vocabulary, at) > own;
      if (before < most)
        kept[chosen++] =
          (lacuna_beam){trie->next[e], trie->tokens[e], (int32_t)b, (float)own};
    }
  return chosen;
}
