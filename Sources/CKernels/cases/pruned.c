#include "case.h"
#include "kernels.h"
#include "lacuna_pruned.h"

enum { WIDTH = 128 };

typedef struct decode {
  /// The dense cache that the pruned one stands for.
  lacuna_kv kv;
  lacuna_pruned keys, values;
  int64_t group, kept;
  float *queries;
} decode;

static lacuna_pruned prune(lacuna_case *made, const lacuna_kv *kv, int64_t kept, float *dense) {
  uint64_t *maps = CASE_ARRAY(made, uint64_t, kv->heads * kv->capacity * lacuna_map_words(WIDTH));
  float *values = CASE_ARRAY(made, float, kv->heads * kv->tokens * kept + 8);
  int64_t *starts = CASE_ARRAY(
    made, int64_t,
    kv->heads * ((kv->capacity + LACUNA_TOKENS_A_TILE - 1) / LACUNA_TOKENS_A_TILE));
  const lacuna_pruned pruned = {maps, values, starts};
  if (made->failed) return pruned;
  lacuna_prune(dense, kv, kept, maps, values, starts);
  lacuna_unprune(&pruned, kv, dense);
  return pruned;
}

/// sizes: tokens, KV heads, query heads a KV head.
static void build(lacuna_case *made) {
  decode *own = made->own = CASE_ARRAY(made, decode, 1);
  if (!own) return;
  const int64_t tokens = made->shape.size[0], heads = made->shape.size[1];
  const int64_t capacity = tokens + 5;
  own->group = made->shape.size[2];
  own->kept = case_kept(made, WIDTH);
  float *keys = case_floats(made, heads * capacity * WIDTH);
  float *values = case_floats(made, heads * capacity * WIDTH);
  own->kv = (lacuna_kv){keys, values, tokens, capacity, heads, WIDTH};
  own->keys = prune(made, &own->kv, own->kept, keys);
  own->values = prune(made, &own->kv, own->kept, values);
  own->queries = case_floats(made, heads * own->group * WIDTH);
  case_outputs(made, heads * own->group * WIDTH);
}

static int32_t run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                   const lacuna_recorder *recorder) {
  const decode *own = made->own;
  float *out = made->output[variant];
  if (variant == LACUNA_DENSE)
    return lacuna_attention_dense(pool, &own->kv, own->group, own->queries, out);
  if (variant == LACUNA_SPARSE)
    return lacuna_attention_pruned(pool, &own->kv, &own->keys, &own->values, own->group,
                                   own->queries, out, recorder);
  lacuna_attention_reference(&own->kv, NULL, own->group, own->queries, out);
  return LACUNA_DONE;
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const decode *own = made->own;
  const double tokens = (double)own->kv.tokens * (double)own->kv.heads;
  const double bytes = variant == LACUNA_SPARSE ? 4 * (double)own->kept + WIDTH / 8 : 4 * WIDTH;
  return (lacuna_work){4 * tokens * WIDTH * (double)own->group, 2 * tokens * bytes};
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 1200), ragged_size(&seed, 1, 2), ragged_size(&seed, 1, 3)},
    ragged_density(&seed), 0};
}

const lacuna_kernel kernel_pruned = {
  .name = "attention-pruned", .what = "decode attention over a KV cache pruned by channels",
  .sizes = {"tokens", "KV heads", "query heads a KV head"},
  .typical = {{32768, 2, 4}, 0.3, 1}, .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged,
  .build = build, .run = run, .work = work,
};
