#include <math.h>

#include "lacuna_neurons.h"

void lacuna_ffn_reference(const lacuna_ffn *ffn, const int32_t *ids, int64_t count,
                          const float *x, float *y) {
  const int64_t width = ffn->width, floats = lacuna_bundle_floats(ffn);
  if (!ids) count = ffn->neurons;
  for (int64_t c = 0; c < width; c += 1) {
    double total = 0;
    for (int64_t at = 0; at < count; at += 1) {
      const float *bundle = ffn->bundles + (ids ? ids[at] : at) * floats;
      double gate = 0, up = 0;
      for (int64_t j = 0; j < width; j += 1) {
        gate += (double)bundle[j] * x[j];
        up += (double)bundle[floats - 2 * width + j] * x[j];
      }
      // Without a gate the first row is the up row, and its share is 1.
      const double act = ffn->activation == LACUNA_SILU ? gate / (1 + exp(-gate)) : fmax(gate, 0);
      const double h = ffn->gated ? act * up : act;
      total += h * bundle[floats - width + c];
    }
    y[c] = (float)total;
  }
}
