#include "partials.h"

#include <math.h>
#include <string.h>

void join_partials(const float *first, int64_t step, int64_t chunks, int64_t width, float *out) {
  float most = -INFINITY, total = 0;
  for (int64_t c = 0; c < chunks; c += 1) most = fmaxf(most, first[c * step]);
  memset(out, 0, (size_t)width * sizeof *out);
  for (int64_t c = 0; c < chunks; c += 1) {
    const float *state = first + c * step;
    if (state[1] == 0) continue;
    const float share = expf(state[0] - most);
    total += share * state[1];
    for (int64_t k = 0; k < width; k += 1) out[k] += share * state[2 + k];
  }
  for (int64_t k = 0; total > 0 && k < width; k += 1) out[k] /= total;
}
