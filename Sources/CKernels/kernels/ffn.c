// Feed-forward network over neuron bundles, whole, gathered or by what fires.
//
// A task is 64 neurons of the list: first h of each (four rows at a time), then their down rows
// added to the task's own partial y (four at a time, so that y is loaded once for four). Partial
// sums are added in the order of tasks. Random bundles cost what the memory's first access costs,
// so the next rows are asked for while the last ones are added.

#ifndef KERNEL_LEVEL

#include <string.h>

#include "lacuna_neurons.h"

enum { NEURONS_PER_TASK = 64, WIDTH_PER_TASK = 1024 };

typedef struct network {
  const lacuna_ffn *ffn;
  /// NULL stands for all.
  const int32_t *ids;
  int64_t count;
  const float *x;
  float *y, *hidden, *partial;
  int64_t tasks;
  int firing;
} network;

static inline const float *bundle(const network *n, int64_t at) {
  const int64_t id = n->ids ? n->ids[at] : at;
  return n->ffn->bundles + id * lacuna_bundle_floats(n->ffn);
}

#define KERNEL_FILE "kernels/ffn.c"
#include "levels.h"

static void neurons(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(ffn_neurons)(context, task);
}

static void add_up(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const network *n = context;
  const int64_t width = n->ffn->width, first = task * WIDTH_PER_TASK;
  const int64_t columns = width - first < WIDTH_PER_TASK ? width - first : WIDTH_PER_TASK;
  AT_LEVEL(ffn_add)(n->partial + first, n->y + first, columns, width, n->tasks);
}

static int32_t run(lacuna_pool *pool, network *n) {
  const int64_t width = n->ffn->width;
  n->tasks = (n->count + NEURONS_PER_TASK - 1) / NEURONS_PER_TASK;
  if (n->tasks == 0) {
    memset(n->y, 0, (size_t)width * sizeof(float));
    return LACUNA_DONE;
  }
  n->partial = n->y;
  if (n->tasks > 1) {
    n->partial = lacuna_pool_shared(pool, n->tasks * width * (int64_t)sizeof(float));
    if (!n->partial) return LACUNA_NO_MEMORY;
  }
  lacuna_pool_run(pool, n->tasks, neurons, n);
  if (n->tasks > 1)
    lacuna_pool_run(pool, (width + WIDTH_PER_TASK - 1) / WIDTH_PER_TASK, add_up, n);
  return LACUNA_DONE;
}

int32_t lacuna_ffn_dense(lacuna_pool *pool, const lacuna_ffn *ffn, const float *x, float *y,
                         float *hidden) {
  network n = {.ffn = ffn, .count = ffn->neurons, .x = x, .y = y, .hidden = hidden};
  return run(pool, &n);
}

int32_t lacuna_ffn_gathered(lacuna_pool *pool, const lacuna_ffn *ffn, const int32_t *ids,
                            int64_t count, const float *x, float *y, float *hidden,
                            const lacuna_recorder *recorder) {
  lacuna_touch(recorder, LACUNA_NEURONS, 0, ids, count);
  network n = {.ffn = ffn, .ids = ids, .count = count, .x = x, .y = y, .hidden = hidden};
  return run(pool, &n);
}

int64_t lacuna_ffn_firing(lacuna_pool *pool, const lacuna_ffn *ffn, const float *x, float *y,
                          float *hidden, int32_t *fired, const lacuna_recorder *recorder) {
  network n = {
    .ffn = ffn, .count = ffn->neurons, .x = x, .y = y, .hidden = hidden, .firing = 1,
  };
  if (run(pool, &n) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  int64_t count = 0;
  for (int64_t id = 0; id < ffn->neurons; id += 1) {
    fired[count] = (int32_t)id;
    count += hidden[id] != 0;
  }
  lacuna_touch(recorder, LACUNA_NEURONS, 0, fired, count);
  return count;
}

#else

#include "activation.h"

/// h of `count` bundles, at most four.
INLINE void LEVEL(activations)(const network *n, const float *const bundles[4], int64_t count,
                               float h[4]) {
  const int64_t width = n->ffn->width;
  const float *up[4];
  for (int k = 0; k < 4; k += 1) up[k] = bundles[k] + (n->ffn->gated ? width : 0);
  if (count == 4) {
    four_dots(up, n->x, width, h);
  } else {
    for (int k = 0; k < count; k += 1) h[k] = dot(up[k], n->x, width);
  }
  if (!n->ffn->gated) {
    activate(n->ffn, NULL, h, count);
    return;
  }
  float gate[4];
  if (count == 4) {
    four_dots(bundles, n->x, width, gate);
  } else {
    for (int k = 0; k < count; k += 1) gate[k] = dot(bundles[k], n->x, width);
  }
  activate(n->ffn, gate, h, count);
}

static void LEVEL(ffn_neurons)(const network *n, int64_t task) {
  const int64_t width = n->ffn->width, first = task * NEURONS_PER_TASK;
  const int64_t count =
    n->count - first < NEURONS_PER_TASK ? n->count - first : NEURONS_PER_TASK;
  float *y = n->partial + task * width;
  memset(y, 0, (size_t)width * sizeof(float));
  const int64_t down = lacuna_bundle_floats(n->ffn) - width;
  float h[NEURONS_PER_TASK];
  const float *rows[NEURONS_PER_TASK];
  int64_t kept = 0;
  for (int64_t at = 0; at < count; at += 4) {
    const int64_t some = count - at < 4 ? count - at : 4;
    const float *bundles[4];
    for (int k = 0; k < 4; k += 1) bundles[k] = bundle(n, first + at + (k < some ? k : 0));
    float value[4];
    LEVEL(activations)(n, bundles, some, value);
    for (int k = 0; k < some; k += 1) {
      if (n->hidden) n->hidden[first + at + k] = value[k];
      h[kept] = value[k];
      rows[kept] = bundles[k] + down;
      kept += !n->firing || value[k] != 0;
    }
  }
  int64_t at = 0;
  for (; at + 4 <= kept; at += 4) four_added(y, rows + at, h + at, width);
  for (; at < kept; at += 1) add_scaled(y, rows[at], h[at], width);
}

static void LEVEL(ffn_add)(const float *partial, float *y, int64_t columns, int64_t width,
                           int64_t tasks) {
  for (int64_t c = 0; c < columns; c += 1) y[c] = partial[c];
  for (int64_t task = 1; task < tasks; task += 1)
    add_scaled(y, partial + task * width, 1, columns);
}

#endif
