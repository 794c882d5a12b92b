#include <stdatomic.h>

#include "lacuna_pool.h"

static atomic_int limit = 4;

static int32_t best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
      !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
    return 1;
#ifdef LACUNA_WIDE_WITHOUT_AVX512
  return 4;
#endif
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return 4;
  return 3;
#else
  return 1;
#endif
}

int32_t lacuna_cpu_level(void) {
  static atomic_int found = 0;
  int32_t level = atomic_load_explicit(&found, memory_order_relaxed);
  if (level == 0) {
    level = best();
    atomic_store_explicit(&found, level, memory_order_relaxed);
  }
  const int32_t most = atomic_load_explicit(&limit, memory_order_relaxed);
  return level < most ? level : most;
}

void lacuna_cpu_level_limit(int32_t level) { atomic_store(&limit, level < 1 ? 1 : level); }
