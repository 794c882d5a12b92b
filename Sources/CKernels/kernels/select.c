// Top-k and top-p without sorting.
//
// A float's bits, with those of negative numbers inverted, order as the floats do. The threshold is
// the greatest such integer for which enough values (or enough mass) lie at or above it, found by
// bisection over its 32 bits: 32 passes over the values that vectorise and do not branch. What
// lies above is taken; of what equals the threshold, the first ids until there is enough.

#ifndef KERNEL_LEVEL

#include <string.h>

#include "lacuna_select.h"

static inline uint32_t order_of(float value) {
  uint32_t bits;
  value += 0.0f;  // One zero.
  memcpy(&bits, &value, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

#define KERNEL_FILE "kernels/select.c"
#include "levels.h"

int64_t lacuna_top_k(const float *values, int64_t n, int64_t k, int32_t *ids) {
  if (k >= n) {
    for (int64_t id = 0; id < n; id += 1) ids[id] = (int32_t)id;
    return n;
  }
  if (k <= 0) return 0;
  uint32_t threshold = 0;
  for (uint32_t bit = 0x80000000u; bit > 0; bit >>= 1)
    if (AT_LEVEL(select_count)(values, n, threshold | bit) >= k) threshold |= bit;
  int64_t equal = k;
  if (threshold != UINT32_MAX) equal -= AT_LEVEL(select_count)(values, n, threshold + 1);
  int64_t count = 0;
  for (int64_t id = 0; id < n && count < k; id += 1) {
    const uint32_t order = order_of(values[id]);
    const int tie = order == threshold && equal > 0;
    equal -= tie;
    ids[count] = (int32_t)id;
    count += order > threshold || tie;
  }
  return count;
}

int64_t lacuna_top_p(const float *mass, int64_t n, double share, int64_t least, int32_t *ids) {
  if (least > n) least = n;
  const double wanted = share * AT_LEVEL(select_mass)(mass, n, 0);
  uint32_t threshold = 0;
  for (uint32_t bit = 0x80000000u; bit > 0; bit >>= 1)
    if (AT_LEVEL(select_mass)(mass, n, threshold | bit) >= wanted) threshold |= bit;
  int64_t above = 0;
  double gathered = 0;
  if (threshold != UINT32_MAX) {
    above = AT_LEVEL(select_count)(mass, n, threshold + 1);
    gathered = AT_LEVEL(select_mass)(mass, n, threshold + 1);
  }
  int64_t count = 0;
  for (int64_t id = 0; id < n; id += 1) {
    const uint32_t order = order_of(mass[id]);
    const int tie = order == threshold && gathered < wanted;
    gathered += tie ? (double)mass[id] : 0;
    ids[count] = (int32_t)id;
    count += order > threshold || tie;
    above += tie;
  }
  return above < least ? lacuna_top_k(mass, n, least, ids) : count;
}

#else

static int64_t LEVEL(select_count)(const float *values, int64_t n, uint32_t threshold) {
  int64_t count = 0;
  for (int64_t from = 0; from < n; from += 4096) {
    const int64_t to = n - from < 4096 ? n : from + 4096;
    int32_t some = 0;
    for (int64_t id = from; id < to; id += 1) some += order_of(values[id]) >= threshold;
    count += some;
  }
  return count;
}

static double LEVEL(select_mass)(const float *mass, int64_t n, uint32_t threshold) {
  double lane[8] = {0};
  int64_t id = 0;
  for (; id + 8 <= n; id += 8)
    for (int l = 0; l < 8; l += 1)
      lane[l] += order_of(mass[id + l]) >= threshold ? (double)mass[id + l] : 0;
  for (; id < n; id += 1) lane[0] += order_of(mass[id]) >= threshold ? (double)mass[id] : 0;
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

#endif
