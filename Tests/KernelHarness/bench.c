// Times every kernel beside its dense twin on one core, as ratios. Usage: bench [KERNEL [DENSITY]].
//
// The two run in turn, so that both meet the same state of a shared machine; the median of the
// ratios of pairs is printed, with their quartiles. Time is that of the processor, which leaves out
// what other processes took; of file reads it is the clock's. Dense products are held against this
// machine's read stream and against OpenBLAS in the same way.

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lacuna_cases.h"
#include "lacuna_dense.h"

void openblas_set_num_threads(int threads);

enum { MOST_ROUNDS = 31, LEAST_ROUNDS = 5 };
static const double seconds_each = 4;

typedef struct target {
  const char *kernel;
  double density, ratio;
} target;

static const target targets[] = {
  {"ffn-gathered", 0.1, 6},       {"attention-pages", 0.0625, 10}, {"2:4-gemv", 0.5, 1.5},
  {"csr-gemm", 0.1, 2.5},
};

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int by_value(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double quantile(double *values, int count, double share) {
  qsort(values, (size_t)count, sizeof *values, by_value);
  return values[(int)(share * (count - 1) + 0.5)];
}

typedef void (*call)(void *context);

typedef struct pair {
  double first, second, ratio, low, high;
} pair;

/// Medians of both times, and of first / second.
static pair measure(call first, call second, void *context, clockid_t clock) {
  double a[MOST_ROUNDS], b[MOST_ROUNDS], ratio[MOST_ROUNDS];
  int rounds = 0;
  first(context);
  second(context);
  const double start = now(clock);
  while (rounds < MOST_ROUNDS && (rounds < LEAST_ROUNDS || now(clock) - start < seconds_each)) {
    const double t0 = now(clock);
    first(context);
    const double t1 = now(clock);
    second(context);
    const double t2 = now(clock);
    a[rounds] = t1 - t0;
    b[rounds] = t2 - t1;
    ratio[rounds] = a[rounds] / b[rounds];
    rounds += 1;
  }
  return (pair){quantile(a, rounds, 0.5), quantile(b, rounds, 0.5), quantile(ratio, rounds, 0.5),
                quantile(ratio, rounds, 0.25), quantile(ratio, rounds, 0.75)};
}

static const char *verdict(double ratio, double wanted) {
  return wanted == 0 ? "" : ratio >= wanted ? "reached" : "MISSED";
}

static void line(const char *name, double density, pair p, const char *unit, double dense,
                 double sparse, double wanted) {
  char goal[16] = "";
  if (wanted > 0) snprintf(goal, sizeof goal, "%g", wanted);
  printf("%-24s %8.4f %10.3f %10.3f %7.1f %7.1f %-5s %8.2f %7.2f-%-7.2f %5s %s\n", name, density,
         p.first * 1e3, p.second * 1e3, dense, sparse, unit, p.ratio, p.low, p.high, goal,
         verdict(p.ratio, wanted));
  fflush(stdout);
}

typedef struct dense {
  lacuna_pool *pool;
  float *w, *x, *y, *z;
  int64_t rows, columns, n;
} dense;

static void stream(void *context) {
  const dense *d = context;
  d->z[0] = lacuna_stream_read(d->pool, d->w, d->rows * d->columns);
}

static void triad(void *context) {
  const dense *d = context;
  const int64_t third = d->rows * d->columns / 3;
  lacuna_stream_triad(d->pool, d->w, d->w + third, d->w + 2 * third, third);
}

static void gemv(void *context) {
  const dense *d = context;
  lacuna_gemv(d->pool, d->w, d->x, d->y, d->rows, d->columns);
}

static void gemm(void *context) {
  const dense *d = context;
  const int64_t n = d->n;
  lacuna_gemm(d->pool, d->w, n, d->w + n * n, n, d->w + 2 * n * n, n, n, n, n);
}

static void openblas(void *context) {
  const dense *d = context;
  const int n = (int)d->n;
  const float *a = d->w;
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, a + d->n * d->n, n, 0,
              d->w + 3 * d->n * d->n, n);
}

static int dense_products(lacuna_pool *pool) {
  dense d = {.pool = pool, .rows = 16384, .columns = 4096};
  const int64_t all = d.rows * d.columns;
  d.w = malloc((size_t)all * sizeof *d.w);
  d.x = malloc((size_t)d.columns * sizeof *d.x);
  d.y = malloc((size_t)d.rows * sizeof *d.y);
  d.z = malloc(sizeof *d.z);
  if (!d.w || !d.x || !d.y || !d.z) return 1;
  for (int64_t at = 0; at < all; at += 1) d.w[at] = (float)(at % 7) * 0.125f - 0.25f;
  for (int64_t at = 0; at < d.columns; at += 1) d.x[at] = 0.5f;
  const double bytes = 4e-9 * (double)all;
  pair p = measure(stream, gemv, &d, CLOCK_PROCESS_CPUTIME_ID);
  line("gemv / read stream", 1, p, "GB/s", bytes / p.first, bytes / p.second, 0.8);
  p = measure(triad, gemv, &d, CLOCK_PROCESS_CPUTIME_ID);
  // Triad moves three streams of a third each; what a store reads before it writes is not counted.
  line("gemv / triad", 1, p, "GB/s",
       bytes / p.first, bytes / p.second, 0.8);
  for (d.n = 512; d.n <= 2048; d.n *= 2) {
    char name[32];
    snprintf(name, sizeof name, "gemm %d / OpenBLAS", (int)d.n);
    p = measure(openblas, gemm, &d, CLOCK_PROCESS_CPUTIME_ID);
    const double flops = 2e-9 * (double)d.n * (double)d.n * (double)d.n;
    line(name, 1, p, "GF/s", flops / p.first, flops / p.second, 0.6);
  }
  free(d.w);
  free(d.x);
  free(d.y);
  free(d.z);
  return 0;
}

typedef struct timed {
  lacuna_case *made;
  lacuna_pool *pool;
} timed;

static void run_dense(void *context) {
  const timed *t = context;
  lacuna_case_run(t->made, LACUNA_DENSE, t->pool, NULL);
}

static void run_sparse(void *context) {
  const timed *t = context;
  lacuna_case_run(t->made, LACUNA_SPARSE, t->pool, NULL);
}

static void time_kernel(const lacuna_kernel *kernel, double density, lacuna_pool *pool) {
  lacuna_shape shape = kernel->typical;
  if (density > 0) shape.density = density;
  timed t = {lacuna_case_create(kernel, &shape), pool};
  if (!t.made) {
    printf("%-24s cannot be set up\n", kernel->name);
    return;
  }
  double wanted = 0;
  for (size_t at = 0; at < sizeof targets / sizeof targets[0]; at += 1)
    if (strcmp(targets[at].kernel, kernel->name) == 0 && targets[at].density == shape.density)
      wanted = targets[at].ratio;
  const int reads = strncmp(kernel->name, "file", 4) == 0;
  const pair p = measure(run_dense, run_sparse, &t,
                         reads ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID);
  const lacuna_work dense = lacuna_case_work(t.made, LACUNA_DENSE);
  const lacuna_work sparse = lacuna_case_work(t.made, LACUNA_SPARSE);
  // Whichever bounds the dense twin is shown for both.
  const int by_flops = dense.flops > 8 * dense.bytes;
  line(kernel->name, shape.density, p, by_flops ? "GF/s" : "GB/s",
       1e-9 * (by_flops ? dense.flops : dense.bytes) / p.first,
       1e-9 * (by_flops ? sparse.flops : sparse.bytes) / p.second, wanted);
  lacuna_case_destroy(t.made);
}

int main(int argc, char **argv) {
  openblas_set_num_threads(1);
  lacuna_pool *pool = lacuna_pool_create(1);
  if (!pool) return 1;
  printf("level %d, one core\n", lacuna_cpu_level());
  printf("%-24s %8s %10s %10s %7s %7s %-5s %8s %15s %5s\n", "kernel", "density", "dense ms",
         "sparse ms", "dense", "sparse", "", "ratio", "quartiles", "goal");
  int failed = 0;
  if (argc < 2) failed = dense_products(pool);
  for (int32_t index = 0; index < lacuna_kernel_count(); index += 1) {
    const lacuna_kernel *kernel = lacuna_kernel_at(index);
    if (argc > 1 && strcmp(argv[1], kernel->name) != 0) continue;
    time_kernel(kernel, argc > 2 ? atof(argv[2]) : 0, pool);
  }
  lacuna_pool_destroy(pool);
  return failed;
}
