#include "case.h"
#include "kernels.h"
#include "lacuna_dense.h"

typedef struct matrices {
  float *a, *b;
} matrices;

static void build_gemv(lacuna_case *made) {
  matrices *own = made->own = CASE_ARRAY(made, matrices, 1);
  if (!own) return;
  own->a = case_floats(made, made->shape.size[0] * made->shape.size[1]);
  own->b = case_floats(made, made->shape.size[1]);
  case_outputs(made, made->shape.size[0]);
}

static int32_t run_gemv(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                        const lacuna_recorder *recorder) {
  (void)recorder;
  const matrices *own = made->own;
  const int64_t *size = made->shape.size;
  if (variant == LACUNA_REFERENCE)
    lacuna_gemv_reference(own->a, own->b, made->output[variant], size[0], size[1]);
  else
    lacuna_gemv(pool, own->a, own->b, made->output[variant], size[0], size[1]);
  return LACUNA_DONE;
}

static lacuna_work work_gemv(const lacuna_case *made, lacuna_variant variant) {
  (void)variant;
  const double rows = (double)made->shape.size[0], columns = (double)made->shape.size[1];
  return (lacuna_work){2 * rows * columns, 4 * (rows * columns + rows + columns)};
}

static lacuna_shape ragged_gemv(uint64_t seed) {
  return (lacuna_shape){{ragged_size(&seed, 1, 200), ragged_size(&seed, 1, 300)}, 1, 0};
}

const lacuna_kernel kernel_gemv = {
  .name = "gemv", .what = "dense matrix-vector product", .sizes = {"rows", "columns"},
  .typical = {{16384, 4096}, 1, 1}, .tolerance = 1e-5, .dense_agrees = 1,
  .ragged = ragged_gemv, .build = build_gemv, .run = run_gemv, .work = work_gemv,
};

static void build_gemm(lacuna_case *made) {
  matrices *own = made->own = CASE_ARRAY(made, matrices, 1);
  if (!own) return;
  const int64_t *size = made->shape.size;
  own->a = case_floats(made, size[0] * size[2]);
  own->b = case_floats(made, size[2] * size[1]);
  case_outputs(made, size[0] * size[1]);
}

static int32_t run_gemm(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                        const lacuna_recorder *recorder) {
  (void)recorder;
  const matrices *own = made->own;
  const int64_t m = made->shape.size[0], n = made->shape.size[1], k = made->shape.size[2];
  if (variant != LACUNA_REFERENCE)
    return lacuna_gemm(pool, own->a, k, own->b, n, made->output[variant], n, m, n, k);
  lacuna_gemm_reference(own->a, k, own->b, n, made->output[variant], n, m, n, k);
  return LACUNA_DONE;
}

static lacuna_work work_gemm(const lacuna_case *made, lacuna_variant variant) {
  (void)variant;
  const double m = (double)made->shape.size[0], n = (double)made->shape.size[1],
               k = (double)made->shape.size[2];
  return (lacuna_work){2 * m * n * k, 4 * (m * k + k * n + m * n)};
}

static lacuna_shape ragged_gemm(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 210), ragged_size(&seed, 1, 90), ragged_size(&seed, 1, 700)}, 1, 0};
}

const lacuna_kernel kernel_gemm = {
  .name = "gemm", .what = "dense matrix-matrix product", .sizes = {"m", "n", "k"},
  .typical = {{1024, 1024, 1024}, 1, 1}, .tolerance = 1e-5, .dense_agrees = 1,
  .ragged = ragged_gemm, .build = build_gemm, .run = run_gemm, .work = work_gemm,
};
