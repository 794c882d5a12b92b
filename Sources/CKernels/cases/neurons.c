#include "case.h"
#include "kernels.h"
#include "lacuna_neurons.h"

typedef struct network {
  lacuna_ffn ffn;
  float *x, *hidden;
  int32_t *ids, *fired;
  int64_t count;
} network;

static void build(lacuna_case *made) {
  network *own = made->own = CASE_ARRAY(made, network, 1);
  if (!own) return;
  const int64_t neurons = made->shape.size[0], width = made->shape.size[1];
  own->ffn = (lacuna_ffn){NULL, neurons, width, made->shape.size[2] > 1,
                          made->shape.size[2] > 2 ? LACUNA_SILU : LACUNA_RELU};
  own->ffn.bundles = case_floats(made, neurons * lacuna_bundle_floats(&own->ffn));
  own->x = case_floats(made, width);
  own->count = case_kept(made, neurons);
  own->ids = case_subset(made, neurons, own->count);
  own->hidden = CASE_ARRAY(made, float, neurons);
  own->fired = CASE_ARRAY(made, int32_t, neurons);
  case_outputs(made, width);
}

static int32_t run_gathered(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                            const lacuna_recorder *recorder) {
  const network *own = made->own;
  float *y = made->output[variant];
  if (variant == LACUNA_DENSE) return lacuna_ffn_dense(pool, &own->ffn, own->x, y, NULL);
  if (variant == LACUNA_SPARSE)
    return lacuna_ffn_gathered(pool, &own->ffn, own->ids, own->count, own->x, y, NULL, recorder);
  lacuna_ffn_reference(&own->ffn, own->ids, own->count, own->x, y);
  return LACUNA_DONE;
}

static int32_t run_firing(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                          const lacuna_recorder *recorder) {
  const network *own = made->own;
  float *y = made->output[variant];
  if (variant == LACUNA_DENSE) return lacuna_ffn_dense(pool, &own->ffn, own->x, y, NULL);
  if (variant == LACUNA_SPARSE) {
    const int64_t count =
      lacuna_ffn_firing(pool, &own->ffn, own->x, y, own->hidden, own->fired, recorder);
    return count < 0 ? LACUNA_NO_MEMORY : LACUNA_DONE;
  }
  lacuna_ffn_reference(&own->ffn, NULL, 0, own->x, y);
  return LACUNA_DONE;
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const network *own = made->own;
  const double neurons = (double)(variant == LACUNA_DENSE ? own->ffn.neurons : own->count);
  const double weights = neurons * (double)lacuna_bundle_floats(&own->ffn);
  return (lacuna_work){2 * weights, 4 * weights + 8 * (double)own->ffn.width};
}

static lacuna_work work_firing(const lacuna_case *made, lacuna_variant variant) {
  const network *own = made->own;
  // Uniform weights: half of the neurons fire under ReLU, all under SiLU.
  const bool all = variant == LACUNA_DENSE || own->ffn.activation == LACUNA_SILU;
  const double share = all ? 1 : own->ffn.gated ? 5.0 / 6 : 0.75;
  const double weights = share * (double)(own->ffn.neurons * lacuna_bundle_floats(&own->ffn));
  return (lacuna_work){2 * weights, 4 * weights + 8 * (double)own->ffn.width};
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 300), ragged_size(&seed, 1, 150), ragged_size(&seed, 1, 3)},
    ragged_density(&seed), 0};
}

const lacuna_kernel kernel_ffn_gathered = {
  .name = "ffn-gathered", .what = "ReLU feed-forward over the neuron bundles of a list",
  .sizes = {"neurons", "width", "inputs (2: gated, 3: gated SiLU)"}, .typical = {{16384, 4096, 1}, 0.1, 1},
  .tolerance = 1e-5, .ragged = ragged, .build = build, .run = run_gathered, .work = work,
};

const lacuna_kernel kernel_ffn_firing = {
  .name = "ffn-firing", .what = "ReLU feed-forward that adds only the neurons that fire",
  .sizes = {"neurons", "width", "inputs (2: gated, 3: gated SiLU)"}, .typical = {{8192, 4096, 1}, 0.5, 1},
  .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged, .build = build, .run = run_firing,
  .work = work_firing,
};
