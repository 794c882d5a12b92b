#include "case.h"
#include "kernels.h"
#include "lacuna_dense.h"
#include "lacuna_structured.h"

typedef struct weights {
  lacuna_two_four two_four;
  lacuna_n_of_m n_of_m;
  float *pruned, *b;
  int64_t rows, columns, n;
} weights;

/// sizes: rows, columns, columns of B; N:M keeps density x `of`.
static weights *start(lacuna_case *made, int64_t n, int32_t kept, int32_t of) {
  weights *own = made->own = CASE_ARRAY(made, weights, 1);
  if (!own) return NULL;
  own->rows = made->shape.size[0];
  own->columns = made->shape.size[1];
  own->n = n;
  const float *dense = case_floats(made, own->rows * own->columns);
  own->pruned = CASE_ARRAY(made, float, own->rows * own->columns);
  own->b = case_floats(made, own->columns * n);
  case_outputs(made, own->rows * n);
  if (made->failed) return NULL;
  lacuna_prune_reference(dense, own->pruned, own->rows, own->columns, kept, of);
  return own;
}

static void build_two_four(lacuna_case *made, int64_t n) {
  weights *own = start(made, n, 2, 4);
  if (!own) return;
  own->two_four = (lacuna_two_four){own->rows, own->columns, NULL, NULL};
  own->two_four.values =
    CASE_ARRAY(made, float, lacuna_two_four_values(own->rows, own->columns));
  own->two_four.codes =
    CASE_ARRAY(made, uint32_t, lacuna_two_four_codes(own->rows, own->columns));
  if (!made->failed) lacuna_two_four_pack(own->pruned, &own->two_four);
}

static void build_n_of_m(lacuna_case *made, int64_t n, int32_t of) {
  const int32_t kept = (int32_t)case_kept(made, of);
  weights *own = start(made, n, kept, of);
  if (!own) return;
  const int64_t values = lacuna_n_of_m_values(own->rows, own->columns, kept, of);
  own->n_of_m = (lacuna_n_of_m){own->rows, own->columns, kept, of, NULL, NULL};
  own->n_of_m.values = CASE_ARRAY(made, float, values);
  own->n_of_m.places = CASE_ARRAY(made, uint8_t, values);
  if (!made->failed) lacuna_n_of_m_pack(own->pruned, &own->n_of_m);
}

static void build_two_four_vector(lacuna_case *made) { build_two_four(made, 1); }
static void build_two_four_matrix(lacuna_case *made) { build_two_four(made, made->shape.size[2]); }
static void build_n_of_m_vector(lacuna_case *made) {
  if (made->shape.size[2] < 2 || made->shape.size[2] > 32) made->failed = true;
  else build_n_of_m(made, 1, (int32_t)made->shape.size[2]);
}
static void build_n_of_m_matrix(lacuna_case *made) { build_n_of_m(made, made->shape.size[2], 8); }

static int32_t run_other(const lacuna_case *made, lacuna_variant variant, lacuna_pool *pool) {
  const weights *own = made->own;
  float *y = made->output[variant];
  if (variant == LACUNA_REFERENCE)
    lacuna_gemm_reference(own->pruned, own->columns, own->b, own->n, y, own->n, own->rows, own->n,
                          own->columns);
  else if (own->n == 1)
    lacuna_gemv(pool, own->pruned, own->b, y, own->rows, own->columns);
  else
    return lacuna_gemm(pool, own->pruned, own->columns, own->b, own->n, y, own->n, own->rows,
                       own->n, own->columns);
  return LACUNA_DONE;
}

static int32_t run_two_four(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                            const lacuna_recorder *recorder) {
  const weights *own = made->own;
  if (variant != LACUNA_SPARSE) return run_other(made, variant, pool);
  float *y = made->output[variant];
  if (made->kernel->sizes[2])
    return lacuna_two_four_gemm(pool, &own->two_four, own->b, y, own->n, recorder);
  return lacuna_two_four_gemv(pool, &own->two_four, own->b, y, recorder);
}

static int32_t run_n_of_m_vector(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                                 const lacuna_recorder *recorder) {
  const weights *own = made->own;
  if (variant != LACUNA_SPARSE) return run_other(made, variant, pool);
  return lacuna_n_of_m_gemv(pool, &own->n_of_m, own->b, made->output[variant], recorder);
}

static int32_t run_n_of_m_matrix(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                                 const lacuna_recorder *recorder) {
  const weights *own = made->own;
  if (variant != LACUNA_SPARSE) return run_other(made, variant, pool);
  return lacuna_n_of_m_gemm(pool, &own->n_of_m, own->b, made->output[variant], own->n, recorder);
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const weights *own = made->own;
  const double all = (double)own->rows * (double)own->columns, n = (double)own->n;
  double kept = all, bytes = 4 * all;
  if (variant == LACUNA_SPARSE && own->two_four.values) {
    kept = all / 2;
    bytes = 4 * kept + all / 8;
  } else if (variant == LACUNA_SPARSE) {
    kept = all * own->n_of_m.kept / own->n_of_m.of;
    bytes = 5 * kept;
  }
  return (lacuna_work){2 * kept * n, bytes + 4 * n * (double)(own->rows + own->columns)};
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 150), ragged_size(&seed, 1, 300), ragged_size(&seed, 2, 32)},
    ragged_density(&seed), 0};
}

static lacuna_shape ragged_matrix(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 150), ragged_size(&seed, 1, 300), ragged_size(&seed, 1, 140)},
    ragged_density(&seed), 0};
}

const lacuna_kernel kernel_two_four_gemv = {
  .name = "2:4-gemv", .what = "2:4 matrix-vector product", .sizes = {"rows", "columns"},
  .typical = {{16384, 4096}, 0.5, 1}, .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged,
  .build = build_two_four_vector, .run = run_two_four, .work = work,
};

const lacuna_kernel kernel_two_four_gemm = {
  .name = "2:4-gemm", .what = "2:4 matrix-matrix product", .sizes = {"rows", "columns", "n"},
  .typical = {{1024, 2048, 512}, 0.5, 1}, .tolerance = 1e-5, .dense_agrees = 1,
  .ragged = ragged_matrix, .build = build_two_four_matrix, .run = run_two_four, .work = work,
};

const lacuna_kernel kernel_n_of_m_gemv = {
  .name = "n:m-gemv", .what = "N:M matrix-vector product, n = density x m",
  .sizes = {"rows", "columns", "m"}, .typical = {{16384, 4096, 8}, 0.25, 1}, .tolerance = 1e-5,
  .dense_agrees = 1, .ragged = ragged, .build = build_n_of_m_vector, .run = run_n_of_m_vector,
  .work = work,
};

const lacuna_kernel kernel_n_of_m_gemm = {
  .name = "n:8-gemm", .what = "N:8 matrix-matrix product, n of 8 = density x 8",
  .sizes = {"rows", "columns", "n"}, .typical = {{1024, 2048, 512}, 0.25, 1}, .tolerance = 1e-5,
  .dense_agrees = 1, .ragged = ragged_matrix, .build = build_n_of_m_matrix,
  .run = run_n_of_m_matrix, .work = work,
};
