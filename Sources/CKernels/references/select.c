#include "lacuna_select.h"

void lacuna_top_k_reference(const float *values, int64_t n, int64_t k, int32_t *ids) {
  int64_t count = 0;
  for (int64_t id = 0; id < n && count < k; id += 1) {
    int64_t before = 0;
    for (int64_t other = 0; other < n; other += 1)
      before += values[other] > values[id] || (values[other] == values[id] && other < id);
    if (before < k) ids[count++] = (int32_t)id;
  }
}

int64_t lacuna_top_p_reference(const float *mass, int64_t n, double share, int64_t least,
                               int32_t *ids) {
  double whole = 0;
  for (int64_t id = 0; id < n; id += 1) whole += mass[id];
  int64_t count = 0;
  for (int64_t id = 0; id < n; id += 1) {
    int64_t before = 0;
    double greater = 0;
    for (int64_t other = 0; other < n; other += 1) {
      const int first = mass[other] > mass[id] || (mass[other] == mass[id] && other < id);
      before += first;
      greater += first ? (double)mass[other] : 0;
    }
    if (before < least || greater < share * whole) ids[count++] = (int32_t)id;
  }
  return count;
}
