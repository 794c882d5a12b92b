#include "case.h"
#include "kernels.h"
#include "lacuna_trie.h"

typedef struct search {
  lacuna_trie trie;
  lacuna_beam *beams, *kept;
  float *logits;
  int64_t count;
} search;

/// sizes: beams, vocabulary; a node allows about density x vocabulary tokens. All nodes lie one
/// level deep, and edges lead back among them, so that any number of steps could follow.
static void build(lacuna_case *made) {
  search *own = made->own = CASE_ARRAY(made, search, 1);
  if (!own) return;
  const int64_t vocabulary = made->shape.size[1], nodes = 4 * made->shape.size[0];
  own->count = made->shape.size[0];
  int64_t *starts = CASE_ARRAY(made, int64_t, nodes + 1);
  const int64_t most = case_kept(made, vocabulary);
  int32_t *tokens = CASE_ARRAY(made, int32_t, nodes * most);
  int32_t *next = CASE_ARRAY(made, int32_t, nodes * most);
  own->beams = CASE_ARRAY(made, lacuna_beam, own->count);
  own->kept = CASE_ARRAY(made, lacuna_beam, own->count);
  own->logits = case_floats(made, own->count * vocabulary);
  case_outputs(made, 4 * own->count);
  if (made->failed) return;
  int64_t count = 0;
  for (int64_t node = 0; node < nodes; node += 1) {
    const int64_t edges = case_below(made, most + 1);
    for (int64_t token = 0, left = edges; left > 0 && token < vocabulary; token += 1) {
      if ((double)(vocabulary - token) * case_uniform(made) >= (double)left) continue;
      tokens[count] = (int32_t)token;
      next[count] = (int32_t)case_below(made, nodes);
      count += 1;
      left -= 1;
    }
    starts[node + 1] = count;
  }
  own->trie = (lacuna_trie){nodes, vocabulary, starts, tokens, next};
  for (int64_t beam = 0; beam < own->count; beam += 1)
    own->beams[beam] =
      (lacuna_beam){(int32_t)case_below(made, nodes), 0, 0, -(float)case_uniform(made)};
  for (int64_t at = 0; at < own->count * vocabulary; at += 1) own->logits[at] *= 5;
}

static int32_t run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                   const lacuna_recorder *recorder) {
  const search *own = made->own;
  int64_t kept;
  if (variant == LACUNA_SPARSE)
    kept = lacuna_trie_step(pool, &own->trie, own->beams, own->count, own->logits, own->count,
                            own->kept, recorder);
  else if (variant == LACUNA_DENSE)
    kept = lacuna_trie_step_dense(pool, &own->trie, own->beams, own->count, own->logits,
                                  own->count, own->kept);
  else
    kept = lacuna_trie_step_reference(&own->trie, own->beams, own->count, own->logits,
                                      own->count, own->kept);
  if (kept < 0) return LACUNA_NO_MEMORY;
  float *out = made->output[variant];
  for (int64_t at = 0; at < own->count; at += 1) {
    const lacuna_beam none = {-1, -1, -1, 0};
    const lacuna_beam *beam = at < kept ? own->kept + at : &none;
    // Ids are exact in fp32 below 2^24; a difference of one shows against the greatest id.
    out[4 * at] = (float)beam->node;
    out[4 * at + 1] = (float)beam->token;
    out[4 * at + 2] = (float)beam->parent;
    out[4 * at + 3] = beam->score;
  }
  return LACUNA_DONE;
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const search *own = made->own;
  double candidates = 0;
  for (int64_t beam = 0; beam < own->count; beam += 1)
    candidates += variant == LACUNA_SPARSE
                    ? (double)(own->trie.starts[own->beams[beam].node + 1] -
                               own->trie.starts[own->beams[beam].node])
                    : (double)own->trie.vocabulary;
  return (lacuna_work){4 * candidates, 8 * candidates};
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){{ragged_size(&seed, 1, 12), ragged_size(&seed, 1, 200)},
                        ragged_density(&seed), 0};
}

const lacuna_kernel kernel_trie = {
  .name = "trie-step", .what = "one step of beam search over a trie in CSR form",
  .sizes = {"beams", "vocabulary"}, .typical = {{64, 32768}, 0.01, 1}, .tolerance = 1e-5,
  .dense_agrees = 1, .ragged = ragged, .build = build, .run = run, .work = work,
};
