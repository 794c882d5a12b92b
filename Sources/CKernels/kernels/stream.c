// Memory streams: how fast a core, or all of them, can read and write at most.
//
// A task is 256 KiB of each array.

#ifndef KERNEL_LEVEL

#include "lacuna_dense.h"

#define KERNEL_FILE "kernels/stream.c"
#include "levels.h"

enum { FLOATS_PER_TASK = 65536 };

typedef struct streams {
  float *a;
  const float *b, *c;
  float *sums;
  int64_t n;
} streams;

static int64_t length(const streams *s, int64_t task) {
  const int64_t rest = s->n - task * FLOATS_PER_TASK;
  return rest < FLOATS_PER_TASK ? rest : FLOATS_PER_TASK;
}

static void read_part(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const streams *s = context;
  s->sums[task] = AT_LEVEL(stream_sum)(s->b + task * FLOATS_PER_TASK, length(s, task));
}

static void triad_part(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const streams *s = context;
  const int64_t at = task * FLOATS_PER_TASK;
  AT_LEVEL(stream_add)(s->a + at, s->b + at, s->c + at, length(s, task));
}

float lacuna_stream_read(lacuna_pool *pool, const float *from, int64_t n) {
  const int64_t tasks = (n + FLOATS_PER_TASK - 1) / FLOATS_PER_TASK;
  streams s = {0, from, 0, lacuna_pool_shared(pool, tasks * (int64_t)sizeof(float)), n};
  if (!s.sums) return 0;
  lacuna_pool_run(pool, tasks, read_part, &s);
  float total = 0;
  for (int64_t task = 0; task < tasks; task += 1) total += s.sums[task];
  return total;
}

void lacuna_stream_triad(lacuna_pool *pool, float *a, const float *b, const float *c, int64_t n) {
  streams s = {a, b, c, 0, n};
  lacuna_pool_run(pool, (n + FLOATS_PER_TASK - 1) / FLOATS_PER_TASK, triad_part, &s);
}

#else

static float LEVEL(stream_sum)(const float *from, int64_t n) {
  // Four streams side by side: a core fetches more of several than of one.
  const int64_t part = n / 4 / (2 * LANES) * (2 * LANES);
  vf s[8] = {{0}};
  for (int64_t at = 0; at < part; at += 2 * LANES)
    for (int k = 0; k < 4; k += 1) {
      s[2 * k] += load(from + k * part + at);
      s[2 * k + 1] += load(from + k * part + at + LANES);
    }
  float total = sum(((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7])));
  for (int64_t at = 4 * part; at < n; at += 1) total += from[at];
  return total;
}

static void LEVEL(stream_add)(float *a, const float *b, const float *c, int64_t n) {
  int64_t at = 0;
  for (; at + LANES <= n; at += LANES) store(a + at, load(b + at) + load(c + at) * 3.0f);
  for (; at < n; at += 1) a[at] = b[at] + c[at] * 3.0f;
}

#endif
