#ifndef LACUNA_NEURONS_H
#define LACUNA_NEURONS_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// Under SiLU, t / (1 + exp(-t)), nearly every neuron fires: whole experts are chosen, not neurons.
typedef enum lacuna_activation { LACUNA_RELU = 0, LACUNA_SILU = 1 } lacuna_activation;

/// A feed-forward network in neuron bundles: what one neuron needs lies in one piece.
///
/// h[i] = act(up_i . x), or act(gate_i . x) (up_i . x) when gated; y = sum of h[i] down_i.
/// A bundle is [up | down] or [gate | up | down], each `width` floats, without gaps.
typedef struct lacuna_ffn {
  const float *bundles;
  int64_t neurons;
  int64_t width;
  int32_t gated;
  lacuna_activation activation;
} lacuna_ffn;

static inline int64_t lacuna_bundle_floats(const lacuna_ffn *ffn) {
  return (ffn->gated ? 3 : 2) * ffn->width;
}

/// Every neuron is computed and added. `hidden`, where given, receives h of each.
int32_t lacuna_ffn_dense(lacuna_pool *pool, const lacuna_ffn *ffn, const float *x, float *y,
                         float *hidden);

/// The neurons `ids` (each below `neurons`, none twice) alone, as where a predictor chose them.
/// `hidden`, where given, receives h of each in the order of `ids`. Touches LACUNA_NEURONS.
int32_t lacuna_ffn_gathered(lacuna_pool *pool, const lacuna_ffn *ffn, const int32_t *ids,
                            int64_t count, const float *x, float *y, float *hidden,
                            const lacuna_recorder *recorder);

/// Exact without a predictor: h of every neuron is computed, and only those that fire are added.
/// `hidden` receives h of each neuron and `fired`, with room for `neurons`, the ids that fired;
/// their count comes back, or LACUNA_NO_MEMORY. Touches LACUNA_NEURONS with those that fired.
int64_t lacuna_ffn_firing(lacuna_pool *pool, const lacuna_ffn *ffn, const float *x, float *y,
                          float *hidden, int32_t *fired, const lacuna_recorder *recorder);

/// As gathered; NULL ids stand for all neurons.
void lacuna_ffn_reference(const lacuna_ffn *ffn, const int32_t *ids, int64_t count,
                          const float *x, float *y);

#endif
