#include "case.h"
#include "kernels.h"
#include "lacuna_attention.h"
#include "lacuna_select.h"

enum { WIDTH = 128 };

typedef struct decode {
  lacuna_kv kv;
  lacuna_summary kind;
  int64_t group, page, pages, kept;
  float *queries, *summary, *mass;
  int64_t *starts;
  int32_t *ids;
} decode;

static void build(lacuna_case *made, lacuna_summary kind) {
  decode *own = made->own = CASE_ARRAY(made, decode, 1);
  if (!own) return;
  const int64_t tokens = made->shape.size[0], heads = made->shape.size[1];
  own->kind = kind;
  own->group = made->shape.size[2];
  own->page = made->shape.size[3];
  // Room for more tokens than there are, as in a cache that grows.
  const int64_t capacity = tokens + 3;
  own->kv = (lacuna_kv){NULL, NULL, tokens, capacity, heads, WIDTH};
  own->kv.keys = case_floats(made, heads * capacity * WIDTH);
  own->kv.values = case_floats(made, heads * capacity * WIDTH);
  own->queries = case_floats(made, heads * own->group * WIDTH);
  own->pages = lacuna_page_count(&own->kv, own->page);
  own->kept = case_kept(made, own->pages);
  own->summary = CASE_ARRAY(made, float, lacuna_summary_floats(&own->kv, own->page, kind));
  own->mass = CASE_ARRAY(made, float, heads * own->pages);
  own->starts = CASE_ARRAY(made, int64_t, heads + 1);
  own->ids = CASE_ARRAY(made, int32_t, heads * own->pages);
  case_outputs(made, heads * own->group * WIDTH);
  if (made->failed) return;
  // Twice as wide, for masses that differ between pages.
  for (int64_t at = 0; at < heads * own->group * WIDTH; at += 1) own->queries[at] *= 4;
  lacuna_summarise_pages(&own->kv, own->page, kind, 0, own->summary);
}

static void build_means(lacuna_case *made) { build(made, LACUNA_MEANS); }
static void build_bounds(lacuna_case *made) { build(made, LACUNA_BOUNDS); }

/// The pages of each head by their mass: a fixed count of them, or for bounds a share of mass.
static lacuna_page_lists choose(const lacuna_case *made, bool plainly) {
  decode *own = made->own;
  for (int64_t head = 0; head < own->kv.heads; head += 1) {
    const float *mass = own->mass + head * own->pages;
    int32_t *ids = own->ids + own->starts[head];
    int64_t count = own->kept;
    if (own->kind == LACUNA_BOUNDS)
      count = plainly
                ? lacuna_top_p_reference(mass, own->pages, made->shape.density, 1, ids)
                : lacuna_top_p(mass, own->pages, made->shape.density, 1, ids);
    else if (plainly)
      lacuna_top_k_reference(mass, own->pages, count, ids);
    else
      lacuna_top_k(mass, own->pages, count, ids);
    own->starts[head + 1] = own->starts[head] + count;
  }
  return (lacuna_page_lists){own->page, own->starts, own->ids};
}

static int32_t run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                   const lacuna_recorder *recorder) {
  const decode *own = made->own;
  float *out = made->output[variant];
  if (variant == LACUNA_DENSE)
    return lacuna_attention_dense(pool, &own->kv, own->group, own->queries, out);
  if (variant == LACUNA_REFERENCE) {
    lacuna_page_mass_reference(&own->kv, own->page, own->kind, own->group, own->queries,
                               own->mass);
    const lacuna_page_lists pages = choose(made, true);
    lacuna_attention_reference(&own->kv, &pages, own->group, own->queries, out);
    return LACUNA_DONE;
  }
  if (lacuna_page_mass(pool, &own->kv, own->page, own->kind, own->summary, own->group,
                       own->queries, own->mass) != LACUNA_DONE)
    return LACUNA_NO_MEMORY;
  const lacuna_page_lists pages = choose(made, false);
  return lacuna_attention_pages(pool, &own->kv, &pages, own->group, own->queries, out, recorder);
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const decode *own = made->own;
  const double head = WIDTH * (double)own->kv.heads;
  double tokens = (double)own->kv.tokens, summaries = 0;
  if (variant == LACUNA_SPARSE) {
    const double share = own->kind == LACUNA_BOUNDS
                           ? made->shape.density
                           : (double)own->kept / (double)own->pages;
    tokens *= share;
    summaries = (double)own->pages * (own->kind == LACUNA_BOUNDS ? 2 : 1);
  }
  return (lacuna_work){(4 * tokens + 2 * summaries) * head * (double)own->group,
                       4 * (2 * tokens + summaries) * head};
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){{ragged_size(&seed, 1, 1400), ragged_size(&seed, 1, 3),
                         ragged_size(&seed, 1, 4), ragged_size(&seed, 5, 70)},
                        ragged_density(&seed), 0};
}

static int32_t run_dense(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                         const lacuna_recorder *recorder) {
  (void)recorder;
  const decode *own = made->own;
  float *out = made->output[variant];
  if (variant != LACUNA_REFERENCE)
    return lacuna_attention_dense(pool, &own->kv, own->group, own->queries, out);
  lacuna_attention_reference(&own->kv, NULL, own->group, own->queries, out);
  return LACUNA_DONE;
}

static lacuna_work work_dense(const lacuna_case *made, lacuna_variant variant) {
  (void)variant;
  return work(made, LACUNA_DENSE);
}

#define SIZES {"tokens", "KV heads", "query heads a KV head", "tokens a page"}

const lacuna_kernel kernel_attention = {
  .name = "attention", .what = "decode attention over all tokens", .sizes = SIZES,
  .typical = {{32768, 4, 4, 64}, 1, 1}, .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged,
  .build = build_means, .run = run_dense, .work = work_dense,
};

const lacuna_kernel kernel_attention_pages = {
  .name = "attention-pages", .what = "decode attention over the top pages by the mean of keys",
  .sizes = SIZES, .typical = {{65536, 4, 4, 64}, 0.0625, 1}, .tolerance = 1e-5,
  .ragged = ragged, .build = build_means, .run = run, .work = work,
};

const lacuna_kernel kernel_attention_pages_mass = {
  .name = "attention-pages-mass",
  .what = "decode attention over the pages that hold a share of the mass, by bounds of keys",
  .sizes = SIZES, .typical = {{65536, 4, 4, 64}, 0.5, 1}, .tolerance = 1e-5,
  .ragged = ragged, .build = build_bounds, .run = run, .work = work,
};
