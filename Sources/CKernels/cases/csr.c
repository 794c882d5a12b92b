#include <math.h>
#include <string.h>

#include "case.h"
#include "kernels.h"
#include "lacuna_csr.h"
#include "lacuna_dense.h"

typedef struct matrices {
  lacuna_csr a, b;
  float *dense_a, *dense_b;
  int64_t n;
  // The sparse product.
  int64_t *starts, room;
  int32_t *ids;
  float *values;
} matrices;

/// A random sparse matrix and the same densely. Every row gets its share of entries, give or take.
static float *fill(lacuna_case *made, lacuna_csr *to, int64_t rows, int64_t columns) {
  int64_t *starts = CASE_ARRAY(made, int64_t, rows + 1);
  float *dense = CASE_ARRAY(made, float, rows * columns);
  if (made->failed) return NULL;
  const double share = made->shape.density;
  for (int64_t row = 0; row < rows; row += 1) {
    int64_t count = 0;
    for (int64_t column = 0; column < columns; column += 1)
      if (case_uniform(made) < share) {
        dense[row * columns + column] = (float)(2 * case_uniform(made) - 1);
        count += dense[row * columns + column] != 0;
      }
    starts[row + 1] = starts[row] + count;
  }
  int32_t *ids = CASE_ARRAY(made, int32_t, starts[rows]);
  float *values = CASE_ARRAY(made, float, starts[rows]);
  if (made->failed) return NULL;
  for (int64_t row = 0, at = 0; row < rows; row += 1)
    for (int64_t column = 0; column < columns; column += 1)
      if (dense[row * columns + column] != 0) {
        ids[at] = (int32_t)column;
        values[at] = dense[row * columns + column];
        at += 1;
      }
  *to = (lacuna_csr){rows, columns, starts, ids, values};
  return dense;
}

static void build_times_dense(lacuna_case *made) {
  matrices *own = made->own = CASE_ARRAY(made, matrices, 1);
  if (!own) return;
  const int64_t *size = made->shape.size;
  own->n = size[2];
  own->dense_a = fill(made, &own->a, size[0], size[1]);
  own->dense_b = case_floats(made, size[1] * own->n);
  case_outputs(made, size[0] * own->n);
}

static void build_product(lacuna_case *made) {
  matrices *own = made->own = CASE_ARRAY(made, matrices, 1);
  if (!own) return;
  const int64_t *size = made->shape.size;
  own->n = size[2];
  own->dense_a = fill(made, &own->a, size[0], size[1]);
  own->dense_b = fill(made, &own->b, size[1], size[2]);
  if (made->failed) return;
  for (int64_t at = 0; at < own->a.starts[size[0]]; at += 1) {
    const int32_t id = own->a.ids[at];
    own->room += own->b.starts[id + 1] - own->b.starts[id];
  }
  own->starts = CASE_ARRAY(made, int64_t, size[0] + 1);
  own->ids = CASE_ARRAY(made, int32_t, own->room);
  own->values = CASE_ARRAY(made, float, own->room);
  case_outputs(made, size[0] * size[2]);
}

static int32_t run_other(const lacuna_case *made, lacuna_variant variant, lacuna_pool *pool) {
  const matrices *own = made->own;
  float *c = made->output[variant];
  const int64_t m = own->a.rows, k = own->a.columns, n = own->n;
  if (variant == LACUNA_DENSE && n > 1)
    return lacuna_gemm(pool, own->dense_a, k, own->dense_b, n, c, n, m, n, k);
  if (variant == LACUNA_DENSE) lacuna_gemv(pool, own->dense_a, own->dense_b, c, m, k);
  else lacuna_gemm_reference(own->dense_a, k, own->dense_b, n, c, n, m, n, k);
  return LACUNA_DONE;
}

static int32_t run_times_dense(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                               const lacuna_recorder *recorder) {
  const matrices *own = made->own;
  if (variant != LACUNA_SPARSE) return run_other(made, variant, pool);
  return lacuna_csr_times_dense(pool, &own->a, own->dense_b, made->output[variant], own->n,
                                recorder);
}

static int32_t run_product(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                           const lacuna_recorder *recorder) {
  const matrices *own = made->own;
  if (variant != LACUNA_SPARSE) return run_other(made, variant, pool);
  if (lacuna_csr_product_starts(pool, &own->a, &own->b, own->starts) != LACUNA_DONE ||
      lacuna_csr_product(pool, &own->a, &own->b, own->starts, own->ids, own->values, recorder) !=
        LACUNA_DONE)
    return LACUNA_NO_MEMORY;
  // Dense only where it is small: to be compared, not to be timed.
  if (made->output_count > 1 << 16) return LACUNA_DONE;
  float *c = made->output[variant];
  memset(c, 0, (size_t)made->output_count * sizeof *c);
  for (int64_t row = 0; row < own->a.rows; row += 1)
    for (int64_t at = own->starts[row]; at < own->starts[row + 1]; at += 1)
      // A column that comes twice or out of order is an error that shows.
      c[row * own->n + own->ids[at]] =
        at > own->starts[row] && own->ids[at] <= own->ids[at - 1] ? NAN : own->values[at];
  return LACUNA_DONE;
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const matrices *own = made->own;
  const double m = (double)own->a.rows, k = (double)own->a.columns, n = (double)own->n;
  if (variant != LACUNA_SPARSE) return (lacuna_work){2 * m * n * k, 4 * (m * k + k * n + m * n)};
  const double entries = (double)own->a.starts[own->a.rows];
  if (own->room > 0) {
    const double others = (double)own->b.starts[own->b.rows];
    // The result's size is known after the first run.
    const double result = (double)own->starts[own->a.rows];
    return (lacuna_work){2 * (double)own->room, 8 * (entries + others + result)};
  }
  return (lacuna_work){2 * entries * n, 8 * (entries + m) + 4 * n * (k + m)};
}

static lacuna_shape ragged(uint64_t seed) {
  const int64_t rows = ragged_size(&seed, 1, 120), columns = ragged_size(&seed, 1, 150);
  // One in four is a vector.
  const int64_t n = ragged_size(&seed, 0, 3) == 0 ? 1 : ragged_size(&seed, 1, 300);
  return (lacuna_shape){{rows, columns, n}, ragged_density(&seed), 0};
}

const lacuna_kernel kernel_csr = {
  .name = "csr-gemm", .what = "CSR matrix times dense matrix", .sizes = {"rows", "columns", "n"},
  .typical = {{2048, 2048, 512}, 0.1, 1}, .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged,
  .build = build_times_dense, .run = run_times_dense, .work = work,
};

const lacuna_kernel kernel_spgemm = {
  .name = "spgemm", .what = "sparse times sparse, row by row through a hash table",
  .sizes = {"rows", "columns", "n"}, .typical = {{2048, 2048, 2048}, 0.01, 1},
  .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged, .build = build_product,
  .run = run_product, .work = work,
};
