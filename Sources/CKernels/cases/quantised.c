#include "case.h"
#include "kernels.h"
#include "lacuna_dense.h"
#include "lacuna_quantised.h"

typedef struct weights {
  int64_t rows, columns;
  int8_t *w;
  float *scales;
  lacuna_int4 int4;
  /// What the stored weights stand for.
  float *dense, *x;
} weights;

static weights *start(lacuna_case *made) {
  weights *own = made->own = CASE_ARRAY(made, weights, 1);
  if (!own) return NULL;
  own->rows = made->shape.size[0];
  own->columns = made->shape.size[1];
  own->dense = case_floats(made, own->rows * own->columns);
  own->x = case_floats(made, own->columns);
  case_outputs(made, own->rows);
  return made->failed ? NULL : own;
}

static void build_int8(lacuna_case *made) {
  weights *own = start(made);
  if (!own) return;
  own->w = CASE_ARRAY(made, int8_t, own->rows * own->columns);
  own->scales = CASE_ARRAY(made, float, own->rows);
  if (made->failed) return;
  lacuna_int8_pack(own->dense, own->rows, own->columns, own->w, own->scales);
  for (int64_t at = 0; at < own->rows * own->columns; at += 1)
    own->dense[at] = (float)own->w[at] * own->scales[at / own->columns];
}

/// The third size is the group in units of 32 columns.
static void build_int4(lacuna_case *made, bool sparse) {
  weights *own = start(made);
  if (!own) return;
  if (made->shape.size[2] > 8) made->failed = true;
  lacuna_int4 *w = &own->int4;
  *w = (lacuna_int4){.rows = own->rows, .columns = own->columns,
                     .group = 32 * made->shape.size[2]};
  if (sparse && !made->failed) {
    const int64_t groups = lacuna_int4_groups_a_row(w);
    int64_t *starts = CASE_ARRAY(made, int64_t, own->rows + 1);
    int32_t *ids = CASE_ARRAY(made, int32_t, own->rows * groups);
    for (int64_t row = 0, count = 0; !made->failed && row < own->rows; row += 1) {
      for (int64_t g = 0; g < groups; g += 1)
        if (case_uniform(made) < made->shape.density) ids[count++] = (int32_t)g;
      starts[row + 1] = count;
    }
    w->starts = starts;
    w->ids = ids;
  }
  if (made->failed) return;
  w->packed = CASE_ARRAY(made, uint8_t, lacuna_int4_groups(w) * w->group / 2);
  w->scales = CASE_ARRAY(made, float, lacuna_int4_groups(w));
  w->leasts = CASE_ARRAY(made, float, lacuna_int4_groups(w));
  if (made->failed) return;
  lacuna_int4_pack(own->dense, w);
  lacuna_int4_unpack(w, own->dense);
}

static void build_int4_all(lacuna_case *made) { build_int4(made, false); }
static void build_int4_sparse(lacuna_case *made) { build_int4(made, true); }

static int32_t run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                   const lacuna_recorder *recorder) {
  const weights *own = made->own;
  float *y = made->output[variant];
  if (variant == LACUNA_REFERENCE)
    lacuna_gemv_reference(own->dense, own->x, y, own->rows, own->columns);
  else if (variant == LACUNA_DENSE)
    lacuna_gemv(pool, own->dense, own->x, y, own->rows, own->columns);
  else if (own->w)
    lacuna_int8_gemv(pool, own->w, own->scales, own->x, y, own->rows, own->columns);
  else
    return lacuna_int4_gemv(pool, &own->int4, own->x, y, recorder);
  return LACUNA_DONE;
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const weights *own = made->own;
  const double all = (double)own->rows * (double)own->columns;
  const double vectors = 4 * (double)(own->rows + own->columns);
  if (variant != LACUNA_SPARSE) return (lacuna_work){2 * all, 4 * all + vectors};
  if (own->w) return (lacuna_work){2 * all, all + 4 * (double)own->rows + vectors};
  const double groups = (double)lacuna_int4_groups(&own->int4);
  const double kept = groups * (double)own->int4.group;
  return (lacuna_work){2 * kept, kept / 2 + (own->int4.starts ? 12 : 8) * groups + vectors};
}

static lacuna_shape ragged(uint64_t seed) {
  return (lacuna_shape){
    {ragged_size(&seed, 1, 150), ragged_size(&seed, 1, 600), ragged_size(&seed, 1, 8)},
    ragged_density(&seed), 0};
}

const lacuna_kernel kernel_int8 = {
  .name = "int8-gemv", .what = "int8 weights times a vector", .sizes = {"rows", "columns"},
  .typical = {{32768, 4096}, 1, 1}, .tolerance = 1e-5, .dense_agrees = 1, .ragged = ragged,
  .build = build_int8, .run = run, .work = work,
};

const lacuna_kernel kernel_int4 = {
  .name = "int4-gemv", .what = "four-bit groups times a vector",
  .sizes = {"rows", "columns", "group / 32"}, .typical = {{32768, 4096, 4}, 1, 1},
  .tolerance = 2e-2, .dense_agrees = 1, .ragged = ragged, .build = build_int4_all, .run = run,
  .work = work,
};

const lacuna_kernel kernel_int4_sparse = {
  .name = "int4-group-sparse", .what = "four-bit groups that were kept, times a vector",
  .sizes = {"rows", "columns", "group / 32"}, .typical = {{32768, 4096, 1}, 0.5, 1},
  .tolerance = 2e-2, .dense_agrees = 1, .ragged = ragged, .build = build_int4_sparse,
  .run = run, .work = work,
};
