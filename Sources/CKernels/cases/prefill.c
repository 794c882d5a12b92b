#include "case.h"
#include "kernels.h"
#include "lacuna_prefill.h"

typedef struct prompt {
  lacuna_prompt prompt;
  lacuna_block_lists blocks;
  lacuna_vertical_slash pattern;
  double share;
} prompt;

/// sizes: tokens, query heads (one KV head for two), width, block.
static prompt *start(lacuna_case *made) {
  prompt *own = made->own = CASE_ARRAY(made, prompt, 1);
  if (!own) return NULL;
  const int64_t *size = made->shape.size, tokens = size[0], heads = size[1], width = size[2];
  if (width > 1024 || size[3] > 256) made->failed = true;
  const int64_t group = heads % 2 == 0 ? 2 : 1, kv = heads / group * tokens * width;
  own->prompt = (lacuna_prompt){NULL, NULL, NULL, tokens, heads, group, width, size[3]};
  own->prompt.queries = case_floats(made, heads * tokens * width);
  own->prompt.keys = case_floats(made, kv);
  own->prompt.values = case_floats(made, kv);
  case_outputs(made, heads * tokens * width);
  return made->failed ? NULL : own;
}

/// Each query block reads its own block and a random share of those before it.
static void build_blocks(lacuna_case *made) {
  prompt *own = start(made);
  if (!own) return;
  const int64_t blocks = lacuna_block_count(&own->prompt), heads = own->prompt.heads;
  int64_t *starts = CASE_ARRAY(made, int64_t, heads * blocks + 1);
  int32_t *ids = CASE_ARRAY(made, int32_t, heads * blocks * (blocks + 1) / 2);
  if (made->failed) return;
  int64_t count = 0, all = 0;
  for (int64_t list = 0; list < heads * blocks; list += 1) {
    const int64_t own_block = list % blocks;
    for (int64_t id = 0; id <= own_block; id += 1)
      if (id == own_block || case_uniform(made) < made->shape.density) ids[count++] = (int32_t)id;
    all += own_block + 1;
    starts[list + 1] = count;
  }
  own->blocks = (lacuna_block_lists){starts, ids};
  own->share = (double)count / (double)all;
}

/// Half of the density in columns, half in diagonals, of which the first is that of the queries.
static void build_vertical_slash(lacuna_case *made) {
  prompt *own = start(made);
  if (!own) return;
  const int64_t tokens = own->prompt.tokens, heads = own->prompt.heads;
  made->shape.density /= 2;
  const int64_t columns = case_kept(made, tokens);
  const int64_t diagonals = case_kept(made, (tokens + own->prompt.block - 1) / own->prompt.block);
  made->shape.density *= 2;
  int64_t *column_starts = CASE_ARRAY(made, int64_t, heads + 1);
  int64_t *diagonal_starts = CASE_ARRAY(made, int64_t, heads + 1);
  int32_t *column_ids = CASE_ARRAY(made, int32_t, heads * columns);
  int32_t *distances = CASE_ARRAY(made, int32_t, heads * diagonals);
  for (int64_t head = 0; !made->failed && head < heads; head += 1) {
    const int32_t *some = case_subset(made, tokens, columns);
    for (int64_t at = 0; some && at < columns; at += 1)
      column_ids[head * columns + at] = some[at];
    for (int64_t at = 1; at < diagonals; at += 1)
      distances[head * diagonals + at] = (int32_t)case_below(made, tokens);
    column_starts[head + 1] = (head + 1) * columns;
    diagonal_starts[head + 1] = (head + 1) * diagonals;
  }
  own->pattern = (lacuna_vertical_slash){column_starts, column_ids, diagonal_starts, distances};
  own->share = made->shape.density;
}

static int32_t run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                   const lacuna_recorder *recorder) {
  const prompt *own = made->own;
  const lacuna_block_lists *blocks = own->blocks.ids ? &own->blocks : NULL;
  const lacuna_vertical_slash *pattern = own->pattern.columns ? &own->pattern : NULL;
  float *out = made->output[variant];
  if (variant == LACUNA_DENSE) return lacuna_prefill_dense(pool, &own->prompt, out);
  if (variant == LACUNA_SPARSE && blocks)
    return lacuna_prefill_blocks(pool, &own->prompt, blocks, out, recorder);
  if (variant == LACUNA_SPARSE)
    return lacuna_prefill_vertical_slash(pool, &own->prompt, pattern, out, recorder);
  lacuna_prefill_reference(&own->prompt, blocks, pattern, out);
  return LACUNA_DONE;
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const prompt *own = made->own;
  const double tokens = (double)own->prompt.tokens, width = (double)own->prompt.width;
  const double heads = (double)own->prompt.heads, group = (double)own->prompt.group;
  const double share = variant == LACUNA_SPARSE ? own->share : 1;
  return (lacuna_work){2 * share * tokens * tokens * width * heads,
                       8 * tokens * width * (heads + heads / group)};
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){{ragged_size(&seed, 1, 260), ragged_size(&seed, 1, 4),
                         ragged_size(&seed, 1, 80), ragged_size(&seed, 1, 100)},
                        ragged_density(&seed), 0};
}

static int32_t run_dense(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                         const lacuna_recorder *recorder) {
  (void)recorder;
  const prompt *own = made->own;
  if (variant != LACUNA_REFERENCE)
    return lacuna_prefill_dense(pool, &own->prompt, made->output[variant]);
  lacuna_prefill_reference(&own->prompt, NULL, NULL, made->output[variant]);
  return LACUNA_DONE;
}

static lacuna_work work_dense(const lacuna_case *made, lacuna_variant variant) {
  (void)variant;
  return work(made, LACUNA_DENSE);
}

static void build_dense(lacuna_case *made) { (void)start(made); }

#define SIZES {"tokens", "query heads", "width", "tokens a block"}

const lacuna_kernel kernel_prefill = {
  .name = "prefill", .what = "causal prefill attention", .sizes = SIZES,
  .typical = {{2048, 2, 128, 64}, 1, 1}, .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged,
  .build = build_dense, .run = run_dense, .work = work_dense,
};

const lacuna_kernel kernel_prefill_blocks = {
  .name = "prefill-blocks", .what = "prefill attention over listed blocks of keys",
  .sizes = SIZES, .typical = {{4096, 2, 128, 64}, 0.1, 1}, .tolerance = 1e-5, .ragged = ragged,
  .build = build_blocks, .run = run, .work = work,
};

const lacuna_kernel kernel_prefill_vertical_slash = {
  .name = "prefill-vertical-slash", .what = "prefill attention over columns and diagonals",
  .sizes = SIZES, .typical = {{4096, 2, 128, 64}, 0.1, 1}, .tolerance = 1e-5, .ragged = ragged,
  .build = build_vertical_slash, .run = run, .work = work,
};
