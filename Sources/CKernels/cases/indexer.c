
#include "case.h"
#include "kernels.h"
#include "lacuna_attention.h"
#include "lacuna_indexer.h"
#include "lacuna_select.h"

enum { WIDTH = 128, BLOCK = 64 };

typedef struct search {
  lacuna_indexer indexer;
  lacuna_kv kv;
  float *queries, *weights, *means, *scores, *attending;
  int64_t k, blocks, group;
  int32_t *ids, *kept;
  int64_t starts[2];
} search;

/// sizes: tokens, index heads, query heads that attend to what was found.
static void build(lacuna_case *made) {
  search *own = made->own = CASE_ARRAY(made, search, 1);
  if (!own) return;
  const int64_t tokens = made->shape.size[0], heads = made->shape.size[1];
  const int64_t all = (tokens + BLOCK - 1) / BLOCK;
  own->group = made->shape.size[2];
  own->indexer = (lacuna_indexer){case_floats(made, tokens * WIDTH), tokens, WIDTH, heads};
  own->kv = (lacuna_kv){NULL, NULL, tokens, tokens, 1, WIDTH};
  own->kv.keys = case_floats(made, tokens * WIDTH);
  own->kv.values = case_floats(made, tokens * WIDTH);
  own->queries = case_floats(made, heads * WIDTH);
  own->weights = case_floats(made, heads);
  own->attending = case_floats(made, own->group * WIDTH);
  own->means = CASE_ARRAY(made, float, all * WIDTH);
  own->scores = CASE_ARRAY(made, float, tokens);
  own->ids = CASE_ARRAY(made, int32_t, tokens);
  own->kept = CASE_ARRAY(made, int32_t, all);
  own->k = case_kept(made, tokens);
  // Enough blocks for k, and as many again to choose from.
  own->blocks = 2 * ((own->k + BLOCK - 1) / BLOCK);
  if (own->blocks > all) own->blocks = all;
  case_outputs(made, own->group * WIDTH);
  if (!made->failed) lacuna_index_means(&own->indexer, BLOCK, own->means);
}

static int32_t attend(search *own, lacuna_pool *pool, int64_t count, float *out,
                      const lacuna_recorder *recorder) {
  if (count < 0) return LACUNA_NO_MEMORY;
  own->starts[1] = count;
  const lacuna_page_lists pages = {1, own->starts, own->ids};
  return lacuna_attention_pages(pool, &own->kv, &pages, own->group, own->attending, out, recorder);
}

static void reference(search *own, bool two_level, float *out) {
  int64_t count = own->k;
  if (!two_level) {
    lacuna_index_reference(&own->indexer, own->queries, own->weights, own->scores);
    lacuna_top_k_reference(own->scores, own->indexer.tokens, own->k, own->ids);
  } else {
    const lacuna_indexer blocks = {own->means, (own->indexer.tokens + BLOCK - 1) / BLOCK, WIDTH,
                                   own->indexer.heads};
    lacuna_index_reference(&blocks, own->queries, own->weights, own->scores);
    lacuna_top_k_reference(own->scores, blocks.tokens, own->blocks, own->kept);
    lacuna_index_reference(&own->indexer, own->queries, own->weights, own->scores);
    // Tokens outside of the kept blocks go behind all others.
    int64_t at = 0, tokens = 0;
    for (int64_t t = 0; t < own->indexer.tokens; t += 1) {
      while (at < own->blocks && own->kept[at] < t / BLOCK) at += 1;
      if (at < own->blocks && own->kept[at] == t / BLOCK) tokens += 1;
      else own->scores[t] = -1e30f;
    }
    count = tokens < own->k ? tokens : own->k;
    lacuna_top_k_reference(own->scores, own->indexer.tokens, count, own->ids);
  }
  own->starts[1] = count;
  const lacuna_page_lists pages = {1, own->starts, own->ids};
  lacuna_attention_reference(&own->kv, &pages, own->group, own->attending, out);
}

static int32_t run_flat(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                        const lacuna_recorder *recorder) {
  search *own = made->own;
  float *out = made->output[variant];
  if (variant == LACUNA_DENSE)
    return lacuna_attention_dense(pool, &own->kv, own->group, own->attending, out);
  if (variant == LACUNA_SPARSE)
    return attend(own, pool,
                  lacuna_index_flat(pool, &own->indexer, own->queries, own->weights, own->k,
                                    own->ids, recorder),
                  out, NULL);
  reference(own, false, out);
  return LACUNA_DONE;
}

static int32_t run_two_level(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                             const lacuna_recorder *recorder) {
  search *own = made->own;
  if (variant == LACUNA_DENSE) return run_flat(made, variant, pool, recorder);
  float *out = made->output[variant];
  if (variant == LACUNA_SPARSE)
    return attend(own, pool,
                  lacuna_index_two_level(pool, &own->indexer, own->means, BLOCK, own->blocks,
                                         own->queries, own->weights, own->k, own->ids, recorder),
                  out, NULL);
  reference(own, true, out);
  return LACUNA_DONE;
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant, bool two_level) {
  const search *own = made->own;
  const double tokens = (double)own->kv.tokens, heads = (double)own->indexer.heads;
  const double group = (double)own->group;
  if (variant == LACUNA_DENSE)
    return (lacuna_work){4 * tokens * WIDTH * group, 8 * tokens * WIDTH};
  const double scored = two_level ? tokens / BLOCK + (double)(own->blocks * BLOCK) : tokens;
  return (lacuna_work){(2 * scored * heads + 4 * (double)own->k * group) * WIDTH,
                       4 * (scored + 2 * (double)own->k) * WIDTH};
}

static lacuna_work work_flat(const lacuna_case *made, lacuna_variant variant) {
  return work(made, variant, false);
}

static lacuna_work work_two_level(const lacuna_case *made, lacuna_variant variant) {
  return work(made, variant, true);
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 900), ragged_size(&seed, 1, 40), ragged_size(&seed, 1, 5)},
    ragged_density(&seed), 0};
}

#define SIZES {"tokens", "index heads", "query heads"}

const lacuna_kernel kernel_index_flat = {
  .name = "index-flat", .what = "indexer over all tokens, then attention to the top k",
  .sizes = SIZES, .typical = {{65536, 16, 32}, 0.03125, 1}, .tolerance = 1e-5, .ragged = ragged,
  .build = build, .run = run_flat, .work = work_flat,
};

const lacuna_kernel kernel_index_two_level = {
  .name = "index-two-level", .what = "indexer over blocks, then over the tokens of the best",
  .sizes = SIZES, .typical = {{65536, 16, 32}, 0.03125, 1}, .tolerance = 1e-5, .ragged = ragged,
  .build = build, .run = run_two_level, .work = work_two_level,
};
