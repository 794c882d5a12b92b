#include "panels.h"

#include <string.h>

typedef struct packing {
  const float *b;
  float *to;
  int64_t k, n, width;
} packing;

int64_t panel_width(void) {
  return lacuna_cpu_level() >= 4 ? 128 : lacuna_cpu_level() >= 3 ? 64 : 32;
}

static void pack(void *context, int64_t task, int32_t worker) {
  (void)worker;
  const packing *p = context;
  const int64_t first = task * p->width, stride = panel_stride(p->n, first, p->width);
  const int64_t columns = p->n - first < stride ? p->n - first : stride;
  for (int64_t row = 0; row < p->k; row += 1) {
    float *to = p->to + first * p->k + row * stride;
    memcpy(to, p->b + row * p->n + first, (size_t)columns * sizeof(float));
    memset(to + columns, 0, (size_t)(stride - columns) * sizeof(float));
  }
}

const float *pack_panels(lacuna_pool *pool, const float *b, int64_t k, int64_t n) {
  const int64_t width = panel_width(), panels = (n + width - 1) / width;
  float *to = lacuna_pool_shared(pool, panels * width * k * (int64_t)sizeof(float));
  packing p = {b, to, k, n, width};
  if (p.to) lacuna_pool_run(pool, panels, pack, &p);
  return p.to;
}
