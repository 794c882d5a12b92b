// Constrained decoding over a trie in CSR form.
//
// Candidates are the edges of the beams' nodes, laid out one beam after the other; a task is a
// beam: gather the logits of its edges, log-softmax over them, add the beam's score. The choice
// among all candidates is the top-k of their scores. The dense twin does the same for every token
// of the vocabulary, those that are not allowed at minus infinity.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lacuna_select.h"
#include "lacuna_trie.h"

typedef struct step {
  const lacuna_trie *trie;
  const lacuna_beam *beams;
  const float *logits;
  /// Where each beam's candidates start.
  const int64_t *places;
  float *scores;
  /// Of each worker, room for one beam's exponentials.
  const lacuna_pool *pool;
  int dense;
} step;

#define KERNEL_FILE "kernels/trie.c"
#include "levels.h"

static void extend(void *context, int64_t beam, int32_t worker) {
  const step *s = context;
  AT_LEVEL(trie_beam)(s, beam, lacuna_pool_private(s->pool, worker));
}

static int64_t run(lacuna_pool *pool, const lacuna_trie *trie, const lacuna_beam *beams,
                   int64_t count, const float *logits, int64_t most, lacuna_beam *kept,
                   int dense) {
  int64_t *places = malloc((size_t)(count + 1) * sizeof *places);
  if (!places) return LACUNA_NO_MEMORY;
  places[0] = 0;
  int64_t widest = 1;
  for (int64_t beam = 0; beam < count; beam += 1) {
    const int32_t node = beams[beam].node;
    const int64_t width = dense ? trie->vocabulary : trie->starts[node + 1] - trie->starts[node];
    places[beam + 1] = places[beam] + width;
    widest = width > widest ? width : widest;
  }
  const int64_t all = places[count];
  float *scores = malloc((size_t)all * sizeof *scores + 1);
  int32_t *ids = malloc((size_t)(most < all ? most : all) * sizeof *ids + 1);
  int64_t status = LACUNA_NO_MEMORY;
  if (scores && ids &&
      lacuna_pool_reserve(pool, widest * (int64_t)sizeof(float)) == LACUNA_DONE) {
    step s = {trie, beams, logits, places, scores, pool, dense};
    lacuna_pool_run(pool, count, extend, &s);
    const int64_t chosen = lacuna_top_k(scores, all, most, ids);
    status = 0;
    for (int64_t at = 0, beam = 0; at < chosen; at += 1) {
      while (ids[at] >= places[beam + 1]) beam += 1;
      const float score = scores[ids[at]];
      if (score == -INFINITY) continue;
      const int64_t edge = ids[at] - places[beam];
      const int64_t start = trie->starts[beams[beam].node];
      int64_t place = start + edge;
      // Only the edge knows the next node; a dense choice has to look for it.
      for (place = dense ? start : place; dense && trie->tokens[place] != edge;) place += 1;
      kept[status] = (lacuna_beam){trie->next[place], trie->tokens[place], (int32_t)beam, score};
      status += 1;
    }
  }
  free(places);
  free(scores);
  free(ids);
  return status;
}

int64_t lacuna_trie_step(lacuna_pool *pool, const lacuna_trie *trie, const lacuna_beam *beams,
                         int64_t count, const float *logits, int64_t most, lacuna_beam *kept,
                         const lacuna_recorder *recorder) {
  for (int64_t beam = 0; recorder && beam < count; beam += 1)
    lacuna_touch(recorder, LACUNA_NODES, beam, &beams[beam].node, 1);
  return run(pool, trie, beams, count, logits, most, kept, 0);
}

int64_t lacuna_trie_step_dense(lacuna_pool *pool, const lacuna_trie *trie,
                               const lacuna_beam *beams, int64_t count, const float *logits,
                               int64_t most, lacuna_beam *kept) {
  return run(pool, trie, beams, count, logits, most, kept, 1);
}

#else

#include "softmax.h"

static void LEVEL(trie_beam)(const step *s, int64_t beam, float *shares) {
  const lacuna_trie *trie = s->trie;
  const float *logits = s->logits + beam * trie->vocabulary;
  float *scores = s->scores + s->places[beam];
  const int64_t width = s->places[beam + 1] - s->places[beam];
  const int64_t first = trie->starts[s->beams[beam].node];
  const int64_t edges = trie->starts[s->beams[beam].node + 1] - first;
  const int32_t *tokens = trie->tokens + first;
  if (s->dense) {
    for (int64_t token = 0; token < width; token += 1) scores[token] = -INFINITY;
    for (int64_t edge = 0; edge < edges; edge += 1) scores[tokens[edge]] = logits[tokens[edge]];
  } else {
    for (int64_t edge = 0; edge < edges; edge += 1) scores[edge] = logits[tokens[edge]];
  }
  if (edges == 0) return;
  float most = -INFINITY;
  for (int64_t at = 0; at < width; at += 1) {
    most = scores[at] > most ? scores[at] : most;
    shares[at] = scores[at];
  }
  const float shift = s->beams[beam].score - most - logf(raise(shares, width, most));
  for (int64_t at = 0; at < width; at += 1) scores[at] += shift;
}

#endif
