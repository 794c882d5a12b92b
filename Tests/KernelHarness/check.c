// Holds every kernel against its reference: random shapes with ragged edges, each instruction set
// that this machine has, one thread and several. Usage: check [SHAPES [KERNEL]].

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lacuna_cases.h"
#include "lacuna_pool.h"

enum { POOLS = 3 };
static const int32_t threads[POOLS] = {1, 2, 5};

static int same(const lacuna_case *made, const float *first) {
  int64_t count = 0;
  const float *output = lacuna_case_output(made, LACUNA_SPARSE, &count);
  return memcmp(output, first, (size_t)count * sizeof *output) == 0;
}

static int check(const lacuna_kernel *kernel, uint64_t seed, lacuna_pool *pools[POOLS],
                 double *worst) {
  const lacuna_shape shape = lacuna_ragged_shape(kernel, seed);
  lacuna_case *made = lacuna_case_create(kernel, &shape);
  int64_t count = 0;
  float *first = NULL;
  int failures = 0;
  for (int at = 0; at < POOLS; at += 1) {
    const double error = made ? lacuna_case_error(made, pools[at]) : INFINITY;
    *worst = fmax(*worst, error);
    int failed = !(error <= kernel->tolerance);
    if (made && at == 0) {
      const float *output = lacuna_case_output(made, LACUNA_SPARSE, &count);
      first = malloc((size_t)count * sizeof *output + 1);
      if (first) memcpy(first, output, (size_t)count * sizeof *output);
    }
    const int differs = made && first && !same(made, first);
    if (failed || differs) {
      printf("%s: seed %llu, sizes %lld %lld %lld %lld, density %.3f, %d threads, level %d: %s, "
             "error %.3g\n",
             kernel->name, (unsigned long long)seed, (long long)shape.size[0],
             (long long)shape.size[1], (long long)shape.size[2], (long long)shape.size[3],
             shape.density, threads[at], lacuna_cpu_level(),
             failed ? "wrong" : "other bits than one thread", error);
      failures += 1;
    }
  }
  free(first);
  lacuna_case_destroy(made);
  return failures;
}

int main(int argc, char **argv) {
  const int shapes = argc > 1 ? atoi(argv[1]) : 20;
  lacuna_pool *pools[POOLS];
  for (int at = 0; at < POOLS; at += 1) {
    pools[at] = lacuna_pool_create(threads[at]);
    if (!pools[at]) return 1;
  }
  int passed = 0, failed = 0;
  const int32_t best = lacuna_cpu_level();
  for (int32_t level = 1; level <= best; level += 1) {
    lacuna_cpu_level_limit(level);
    if (lacuna_cpu_level() != level || level == 2) continue;
    for (int32_t index = 0; index < lacuna_kernel_count(); index += 1) {
      const lacuna_kernel *kernel = lacuna_kernel_at(index);
      if (argc > 2 && strcmp(argv[2], kernel->name) != 0) continue;
      double worst = 0;
      int failures = 0;
      for (int shape = 0; shape < shapes; shape += 1)
        failures += check(kernel, (uint64_t)(1000 + shape), pools, &worst);
      printf("%-22s level %d  greatest relative error %.2e, allowed %.0e\n", kernel->name, level,
             worst, kernel->tolerance);
      if (failures) failed += 1; else passed += 1;
    }
  }
  for (int at = 0; at < POOLS; at += 1) lacuna_pool_destroy(pools[at]);
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}
