#ifndef LACUNA_EXPERTS_H
#define LACUNA_EXPERTS_H

#include "lacuna_neurons.h"

/// A mixture of experts: a router and the feed-forward networks it chooses from.

/// For each token the k experts with the greatest router logits, best first (the lower id among
/// equals), and their softmax shares over all experts, or made to sum to 1 over the k.
/// `router` is experts x width, x is tokens x width, `ids` and `shares` are tokens x k;
/// 1 <= k <= experts.
int32_t lacuna_route(lacuna_pool *pool, const float *router, int64_t experts, int64_t width,
                     const float *x, int64_t tokens, int64_t k, int32_t renormalised,
                     int32_t *ids, float *shares);
void lacuna_route_reference(const float *router, int64_t experts, int64_t width, const float *x,
                            int64_t tokens, int64_t k, int32_t renormalised, int32_t *ids,
                            float *shares);

/// `count` networks of one shape, their bundles one after the other.
typedef struct lacuna_experts {
  lacuna_ffn first;
  int64_t count;
} lacuna_experts;

static inline lacuna_ffn lacuna_expert(const lacuna_experts *experts, int64_t id) {
  lacuna_ffn ffn = experts->first;
  ffn.bundles += id * ffn.neurons * lacuna_bundle_floats(&ffn);
  return ffn;
}

/// out[t] = sum over the k chosen experts of shares[t][i] * expert(x[t]).
///
/// Experts run one after the other with all tokens that chose them: product by product where they
/// are many, neuron bundle by neuron bundle where they are few. Touches LACUNA_EXPERTS, one list a
/// token.
int32_t lacuna_experts_run(lacuna_pool *pool, const lacuna_experts *experts, const float *x,
                           int64_t tokens, int64_t k, const int32_t *ids, const float *shares,
                           float *out, const lacuna_recorder *recorder);
/// The same with every expert computed for every token.
int32_t lacuna_experts_run_dense(lacuna_pool *pool, const lacuna_experts *experts,
                                 const float *x, int64_t tokens, int64_t k, const int32_t *ids,
                                 const float *shares, float *out);

#endif
