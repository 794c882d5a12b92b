#ifndef LACUNA_TRIE_H
#define LACUNA_TRIE_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// One step of beam search over the sequences of a trie: constrained decoding.
///
/// The trie is a CSR matrix: node v has the edges starts[v] ..< starts[v + 1], each with a token
/// (rising within a node) and the node it leads to. *Source* of the form: STATIC.
typedef struct lacuna_trie {
  int64_t nodes, vocabulary;
  const int64_t *starts;
  const int32_t *tokens;
  const int32_t *next;
} lacuna_trie;

typedef struct lacuna_beam {
  int32_t node;
  /// The last token, and the beam before this step that it extends.
  int32_t token, parent;
  /// The sum of log probabilities.
  float score;
} lacuna_beam;

/// Extends each of `count` beams by the tokens that its node allows and keeps the best `most`.
///
/// A beam's log probabilities are its logits (beams x vocabulary) over the allowed tokens alone.
/// Beams come out by parent, then token; how many, at most `most`, comes back, or
/// LACUNA_NO_MEMORY. A beam at a leaf ends. Touches LACUNA_NODES with the beams' nodes.
int64_t lacuna_trie_step(lacuna_pool *pool, const lacuna_trie *trie, const lacuna_beam *beams,
                         int64_t count, const float *logits, int64_t most, lacuna_beam *kept,
                         const lacuna_recorder *recorder);

/// The same over the whole vocabulary: a mask a beam, a log-softmax over it, and a choice among
/// beams x vocabulary.
int64_t lacuna_trie_step_dense(lacuna_pool *pool, const lacuna_trie *trie,
                               const lacuna_beam *beams, int64_t count, const float *logits,
                               int64_t most, lacuna_beam *kept);
int64_t lacuna_trie_step_reference(const lacuna_trie *trie, const lacuna_beam *beams,
                                   int64_t count, const float *logits, int64_t most,
                                   lacuna_beam *kept);

#endif
