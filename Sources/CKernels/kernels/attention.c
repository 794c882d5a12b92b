// Decode attention over all tokens or over listed pages.
//
// A task is a KV head and a chunk of its tokens (or of its list), with all query heads of the
// group, so that keys and values are read from memory once; inside, runs of 32 tokens stay in L1
// between the heads. Each task leaves a partial softmax; those of a query head are joined in the
// order of chunks (as Flash-Decoding does).

#ifndef KERNEL_LEVEL

#include <math.h>
#include <string.h>

#include "lacuna_attention.h"
#include "partials.h"

enum { TOKENS_PER_TASK = 512 };

typedef struct decode {
  const lacuna_kv *kv;
  /// NULL stands for all tokens, in order.
  const lacuna_page_lists *pages;
  int64_t group;
  const float *queries;
  float *out, *partial;
  int64_t chunks;
} decode;

/// Floats of a partial softmax of one query head: greatest, total, weighted.
static inline int64_t state_floats(const decode *d) { return d->kv->width + 2; }

static inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

/// The tokens that a head reads, and those of its list by their place: first token and how many
/// follow it in one piece.
static inline int64_t tokens_of(const decode *d, int64_t head) {
  if (!d->pages) return d->kv->tokens;
  const lacuna_page_lists *p = d->pages;
  return (p->starts[head + 1] - p->starts[head]) * p->page;
}

static inline int64_t piece(const decode *d, int64_t head, int64_t at, int64_t *first) {
  if (!d->pages) {
    *first = at;
    return d->kv->tokens - at;
  }
  const lacuna_page_lists *p = d->pages;
  const int64_t inside = at % p->page;
  *first = p->ids[p->starts[head] + at / p->page] * p->page + inside;
  return p->page - inside;
}

#define KERNEL_FILE "kernels/attention.c"
#include "levels.h"

static void chunk(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(attention_chunk)(context, task);
}

static void join(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const decode *d = context;
  const int64_t head = task / d->group, member = task % d->group, width = d->kv->width;
  const int64_t floats = state_floats(d);
  join_partials(d->partial + (head * d->chunks * d->group + member) * floats, d->group * floats,
                d->chunks, width, d->out + task * width);
}

static int32_t run(lacuna_pool *pool, decode *d) {
  int64_t most = 1;
  for (int64_t head = 0; head < d->kv->heads; head += 1) {
    const int64_t tokens = tokens_of(d, head);
    most = tokens > most ? tokens : most;
  }
  d->chunks = (most + TOKENS_PER_TASK - 1) / TOKENS_PER_TASK;
  const int64_t states = d->kv->heads * d->chunks * d->group;
  d->partial = lacuna_pool_shared(pool, states * state_floats(d) * (int64_t)sizeof(float));
  if (!d->partial) return LACUNA_NO_MEMORY;
  lacuna_pool_run(pool, d->kv->heads * d->chunks, chunk, d);
  lacuna_pool_run(pool, d->kv->heads * d->group, join, d);
  return LACUNA_DONE;
}

int32_t lacuna_attention_dense(lacuna_pool *pool, const lacuna_kv *kv, int64_t group,
                               const float *queries, float *out) {
  decode d = {.kv = kv, .group = group, .queries = queries, .out = out};
  return run(pool, &d);
}

int32_t lacuna_attention_pages(lacuna_pool *pool, const lacuna_kv *kv,
                               const lacuna_page_lists *pages, int64_t group,
                               const float *queries, float *out,
                               const lacuna_recorder *recorder) {
  for (int64_t head = 0; recorder && head < kv->heads; head += 1)
    lacuna_touch(recorder, LACUNA_PAGES, head, pages->ids + pages->starts[head],
                 pages->starts[head + 1] - pages->starts[head]);
  decode d = {.kv = kv, .pages = pages, .group = group, .queries = queries, .out = out};
  return run(pool, &d);
}

#else

#include "softmax.h"

static void LEVEL(attention_chunk)(const decode *d, int64_t task) {
  const lacuna_kv *kv = d->kv;
  const int64_t head = task / d->chunks, width = kv->width, floats = state_floats(d);
  float *states = d->partial + task * d->group * floats;
  for (int64_t member = 0; member < d->group; member += 1) {
    states[member * floats] = -INFINITY;
    memset(states + member * floats + 1, 0, (size_t)(floats - 1) * sizeof(float));
  }
  int64_t at = task % d->chunks * TOKENS_PER_TASK;
  const int64_t end = lesser(at + TOKENS_PER_TASK, tokens_of(d, head));
  const float scale = 1 / sqrtf((float)width);
  const float *keys = kv->keys + head * kv->capacity * width;
  const float *values = kv->values + head * kv->capacity * width;
  // Pointers to keys, then to values, of one run after the other.
  const float *rows[2 * TOKENS_PER_TASK];
  int64_t count = 0;
  while (at < end) {
    int64_t first;
    const int64_t listed = lesser(piece(d, head, at, &first), end - at);
    // The last page of a cache may end early.
    const int64_t there = lesser(listed, kv->tokens - first);
    for (int64_t t = 0; t < there; t += 1, count += 1) {
      const float **run = rows + count / RUN * 2 * RUN;
      run[count % RUN] = keys + (first + t) * width;
      run[RUN + count % RUN] = values + (first + t) * width;
    }
    at += listed;
  }
  for (int64_t done = 0; done < count; done += RUN) {
    const float *const *run = (const float *const *)rows + 2 * done;
    attend_group(d->queries + head * d->group * width, d->group, run, run + RUN,
                 lesser(count - done, RUN), width, scale, states);
  }
}

#endif
