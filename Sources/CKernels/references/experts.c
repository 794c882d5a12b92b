#include <math.h>

#include "lacuna_experts.h"

static double logit(const float *router, const float *x, int64_t width) {
  double total = 0;
  for (int64_t c = 0; c < width; c += 1) total += (double)router[c] * x[c];
  return total;
}

void lacuna_route_reference(const float *router, int64_t experts, int64_t width, const float *x,
                            int64_t tokens, int64_t k, int32_t renormalised, int32_t *ids,
                            float *shares) {
  for (int64_t t = 0; t < tokens; t += 1) {
    double total = 0, kept = 0;
    for (int64_t id = 0; id < experts; id += 1) {
      const double own = logit(router + id * width, x + t * width, width);
      int64_t before = 0;
      for (int64_t other = 0; other < experts; other += 1) {
        const double value = logit(router + other * width, x + t * width, width);
        before += value > own || (value == own && other < id);
      }
      total += exp(own);
      if (before >= k) continue;
      kept += exp(own);
      ids[t * k + before] = (int32_t)id;
      shares[t * k + before] = (float)exp(own);
    }
    for (int64_t at = t * k; at < (t + 1) * k; at += 1)
      shares[at] = (float)(shares[at] / (renormalised ? kept : total));
  }
}
