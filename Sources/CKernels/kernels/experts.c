// Router and experts.
//
// A token's experts come from the caller's lists, so expert ids are gathered first: which tokens
// chose an expert, in order. Up to FEW tokens go one by one over the neuron bundles, which reads
// the expert's weights once a token; more are gathered into a matrix, multiplied with up and down
// rows of the bundles and added back. Each token adds its experts in the order of their ids, so
// the result does not depend on threads.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lacuna_dense.h"
#include "lacuna_experts.h"
#include "strided.h"

enum { FEW = 3, VALUES_PER_TASK = 4096 };

typedef struct routing {
  float *logits;
  int64_t experts, k;
  int32_t renormalised;
  int32_t *ids;
  float *shares;
} routing;

typedef struct activation {
  const lacuna_ffn *ffn;
  const float *gate;
  float *h;
  int64_t count;
} activation;

#define KERNEL_FILE "kernels/experts.c"
#include "levels.h"

static void choose(void *context, int64_t token, int32_t worker) {
  (void)worker;
  AT_LEVEL(experts_choose)(context, token);
}

static void activate_some(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const activation *a = context;
  const int64_t first = task * VALUES_PER_TASK, left = a->count - first;
  AT_LEVEL(experts_activate)(a->ffn, a->gate ? a->gate + first : NULL, a->h + first,
                             left < VALUES_PER_TASK ? left : VALUES_PER_TASK);
}

int32_t lacuna_route(lacuna_pool *pool, const float *router, int64_t experts, int64_t width,
                     const float *x, int64_t tokens, int64_t k, int32_t renormalised,
                     int32_t *ids, float *shares) {
  float *logits = malloc((size_t)(tokens * experts) * sizeof *logits);
  if (!logits) return LACUNA_NO_MEMORY;
  int32_t status = LACUNA_DONE;
  if (tokens == 1)
    lacuna_gemv(pool, router, x, logits, experts, width);
  else
    status = strided_gemm(pool, x, width, router, 1, width, logits, experts, tokens, experts,
                          width);
  routing r = {logits, experts, k, renormalised, ids, shares};
  if (status == LACUNA_DONE) lacuna_pool_run(pool, tokens, choose, &r);
  free(logits);
  return status;
}

/// Memory of one run.
typedef struct gathered {
  float *x, *hidden, *gate, *y;
  /// Tokens of the expert at hand, and the share of each.
  int32_t *tokens;
  float *shares;
} gathered;

static int32_t run_expert(lacuna_pool *pool, const lacuna_ffn *ffn, int64_t count,
                          const float *x, const gathered *g, float *out) {
  const int64_t width = ffn->width, floats = lacuna_bundle_floats(ffn);
  if (count <= FEW) {
    for (int64_t at = 0; at < count; at += 1) {
      if (lacuna_ffn_dense(pool, ffn, x + g->tokens[at] * width, g->y, NULL) != LACUNA_DONE)
        return LACUNA_NO_MEMORY;
      float *to = out + g->tokens[at] * width;
      for (int64_t c = 0; c < width; c += 1) to[c] += g->shares[at] * g->y[c];
    }
    return LACUNA_DONE;
  }
  for (int64_t at = 0; at < count; at += 1)
    memcpy(g->x + at * width, x + g->tokens[at] * width, (size_t)width * sizeof(float));
  const float *up = ffn->bundles + (ffn->gated ? width : 0);
  if (strided_gemm(pool, g->x, width, up, 1, floats, g->hidden, ffn->neurons, count,
                   ffn->neurons, width) != LACUNA_DONE)
    return LACUNA_NO_MEMORY;
  if (ffn->gated && strided_gemm(pool, g->x, width, ffn->bundles, 1, floats, g->gate,
                                 ffn->neurons, count, ffn->neurons, width) != LACUNA_DONE)
    return LACUNA_NO_MEMORY;
  activation a = {ffn, ffn->gated ? g->gate : NULL, g->hidden, count * ffn->neurons};
  lacuna_pool_run(pool, (a.count + VALUES_PER_TASK - 1) / VALUES_PER_TASK, activate_some, &a);
  if (lacuna_gemm(pool, g->hidden, ffn->neurons, ffn->bundles + floats - width, floats, g->y,
                  width, count, width, ffn->neurons) != LACUNA_DONE)
    return LACUNA_NO_MEMORY;
  for (int64_t at = 0; at < count; at += 1) {
    float *to = out + g->tokens[at] * width;
    for (int64_t c = 0; c < width; c += 1) to[c] += g->shares[at] * g->y[at * width + c];
  }
  return LACUNA_DONE;
}

static int32_t run(lacuna_pool *pool, const lacuna_experts *experts, const float *x,
                   int64_t tokens, int64_t k, const int32_t *ids, const float *shares, float *out,
                   int dense) {
  const lacuna_ffn *shape = &experts->first;
  const int64_t floats =
    tokens * (2 * shape->width + (shape->gated ? 2 : 1) * shape->neurons + 2);
  float *memory = malloc((size_t)floats * sizeof *memory);
  if (!memory) return LACUNA_NO_MEMORY;
  gathered g = {.x = memory, .y = memory + tokens * shape->width};
  g.hidden = g.y + tokens * shape->width;
  g.shares = g.hidden + tokens * shape->neurons;
  g.tokens = (int32_t *)(void *)(g.shares + tokens);
  g.gate = g.shares + 2 * tokens;
  memset(out, 0, (size_t)(tokens * shape->width) * sizeof *out);
  int32_t status = LACUNA_DONE;
  for (int64_t id = 0; id < experts->count && status == LACUNA_DONE; id += 1) {
    int64_t count = 0;
    for (int64_t token = 0; token < tokens; token += 1) {
      float share = 0;
      int chosen = dense;
      for (int64_t at = token * k; at < (token + 1) * k; at += 1)
        if (ids[at] == id) {
          share += shares[at];
          chosen = 1;
        }
      g.tokens[count] = (int32_t)token;
      g.shares[count] = share;
      count += chosen;
    }
    const lacuna_ffn ffn = lacuna_expert(experts, id);
    if (count > 0) status = run_expert(pool, &ffn, count, x, &g, out);
  }
  free(memory);
  return status;
}

int32_t lacuna_experts_run(lacuna_pool *pool, const lacuna_experts *experts, const float *x,
                           int64_t tokens, int64_t k, const int32_t *ids, const float *shares,
                           float *out, const lacuna_recorder *recorder) {
  for (int64_t token = 0; recorder && token < tokens; token += 1)
    lacuna_touch(recorder, LACUNA_EXPERTS, token, ids + token * k, k);
  return run(pool, experts, x, tokens, k, ids, shares, out, 0);
}

int32_t lacuna_experts_run_dense(lacuna_pool *pool, const lacuna_experts *experts,
                                 const float *x, int64_t tokens, int64_t k, const int32_t *ids,
                                 const float *shares, float *out) {
  return run(pool, experts, x, tokens, k, ids, shares, out, 1);
}

#else

#include "activation.h"
#include "softmax.h"

static void LEVEL(experts_activate)(const lacuna_ffn *ffn, const float *gate, float *h,
                                    int64_t count) {
  activate(ffn, gate, h, count);
}

static void LEVEL(experts_choose)(const routing *r, int64_t token) {
  float *logits = r->logits + token * r->experts;
  int32_t *ids = r->ids + token * r->k;
  float *shares = r->shares + token * r->k;
  // k is small: k passes, each of which takes the greatest that is left.
  for (int64_t at = 0; at < r->k; at += 1) {
    int64_t best = -1;
    for (int64_t id = 0; id < r->experts; id += 1) {
      int taken = 0;
      for (int64_t before = 0; before < at; before += 1) taken |= ids[before] == id;
      if (!taken && (best < 0 || logits[id] > logits[best])) best = id;
    }
    ids[at] = (int32_t)best;
  }
  const float total = raise(logits, r->experts, logits[ids[0]]);
  float kept = 0;
  for (int64_t at = 0; at < r->k; at += 1) kept += logits[ids[at]];
  for (int64_t at = 0; at < r->k; at += 1)
    shares[at] = logits[ids[at]] / (r->renormalised ? kept : total);
}

#endif
