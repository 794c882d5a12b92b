#include <string.h>

#include "case.h"
#include "kernels.h"
#include "lacuna_experts.h"

typedef struct mixture {
  lacuna_experts experts;
  float *router, *x, *shares, *y;
  int32_t *ids;
  int64_t tokens, k;
} mixture;

/// sizes: experts, neurons of each, width, tokens; density x experts are chosen. The number of neurons
/// past whole threes says the form, so that checks see all: up alone under ReLU, gated ReLU, gated
/// SiLU.
static void build(lacuna_case *made) {
  mixture *own = made->own = CASE_ARRAY(made, mixture, 1);
  if (!own) return;
  const int64_t *size = made->shape.size;
  own->tokens = size[3];
  own->k = case_kept(made, size[0]);
  own->experts = (lacuna_experts){{NULL, size[1], size[2], size[1] % 3 > 0,
                                   size[1] % 3 == 2 ? LACUNA_SILU : LACUNA_RELU},
                                  size[0]};
  own->experts.first.bundles =
    case_floats(made, size[0] * size[1] * lacuna_bundle_floats(&own->experts.first));
  own->router = case_floats(made, size[0] * size[2]);
  own->x = case_floats(made, own->tokens * size[2]);
  own->ids = CASE_ARRAY(made, int32_t, own->tokens * own->k);
  own->shares = CASE_ARRAY(made, float, own->tokens * own->k);
  own->y = CASE_ARRAY(made, float, size[2]);
  case_outputs(made, own->tokens * size[2]);
  // Small router logits: shares that differ but do not drown each other.
  for (int64_t at = 0; own->router && at < size[0] * size[2]; at += 1) own->router[at] *= 0.1f;
}

static void reference(const lacuna_case *made) {
  const mixture *own = made->own;
  const int64_t width = own->experts.first.width;
  float *out = made->output[LACUNA_REFERENCE];
  lacuna_route_reference(own->router, own->experts.count, width, own->x, own->tokens, own->k, 1,
                         own->ids, own->shares);
  memset(out, 0, (size_t)made->output_count * sizeof *out);
  for (int64_t at = 0; at < own->tokens * own->k; at += 1) {
    const int64_t token = at / own->k;
    const lacuna_ffn ffn = lacuna_expert(&own->experts, own->ids[at]);
    lacuna_ffn_reference(&ffn, NULL, 0, own->x + token * width, own->y);
    for (int64_t c = 0; c < width; c += 1)
      out[token * width + c] += own->shares[at] * own->y[c];
  }
}

static int32_t run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                   const lacuna_recorder *recorder) {
  const mixture *own = made->own;
  float *out = made->output[variant];
  if (variant == LACUNA_REFERENCE) {
    reference(made);
    return LACUNA_DONE;
  }
  if (lacuna_route(pool, own->router, own->experts.count, own->experts.first.width, own->x,
                   own->tokens, own->k, 1, own->ids, own->shares) != LACUNA_DONE)
    return LACUNA_NO_MEMORY;
  if (variant == LACUNA_DENSE)
    return lacuna_experts_run_dense(pool, &own->experts, own->x, own->tokens, own->k, own->ids,
                                    own->shares, out);
  return lacuna_experts_run(pool, &own->experts, own->x, own->tokens, own->k, own->ids,
                            own->shares, out, recorder);
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const mixture *own = made->own;
  const double experts = (double)own->experts.count, tokens = (double)own->tokens;
  const double weights =
    (double)(own->experts.first.neurons * lacuna_bundle_floats(&own->experts.first));
  const double width = (double)own->experts.first.width;
  const double a_token = variant == LACUNA_SPARSE ? (double)own->k : experts;
  // At most all experts are read, at least those of one token.
  const double read = variant == LACUNA_SPARSE && own->tokens == 1 ? (double)own->k : experts;
  return (lacuna_work){2 * tokens * (a_token * weights + experts * width),
                       4 * (read * weights + experts * width + 2 * tokens * width)};
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){{ragged_size(&seed, 1, 12), ragged_size(&seed, 1, 60),
                         ragged_size(&seed, 1, 70), ragged_size(&seed, 1, 30)},
                        ragged_density(&seed), 0};
}

const lacuna_kernel kernel_experts = {
  .name = "experts", .what = "router and the experts that each token chose",
  .sizes = {"experts", "neurons an expert", "width", "tokens"},
  .typical = {{32, 512, 2048, 1}, 0.0625, 1}, .tolerance = 1e-5, .dense_agrees = 1,
  .ragged = ragged, .build = build, .run = run, .work = work,
};

const lacuna_kernel kernel_experts_batch = {
  .name = "experts-batch", .what = "router and experts for a batch of tokens",
  .sizes = {"experts", "neurons an expert", "width", "tokens"},
  .typical = {{32, 512, 1024, 256}, 0.0625, 1}, .tolerance = 1e-5, .dense_agrees = 1,
  .ragged = ragged, .build = build, .run = run, .work = work,
};
