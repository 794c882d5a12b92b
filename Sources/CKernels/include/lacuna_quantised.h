#ifndef LACUNA_QUANTISED_H
#define LACUNA_QUANTISED_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// Matrix-vector products with integer weights and fp32 inputs: weights are widened in registers.

/// y[r] = scales[r] * sum over c of w[r][c] x[c].
void lacuna_int8_gemv(lacuna_pool *pool, const int8_t *w, const float *scales, const float *x,
                      float *y, int64_t rows, int64_t columns);
/// Scales each row so that its greatest value is 127.
void lacuna_int8_pack(const float *dense, int64_t rows, int64_t columns, int8_t *w,
                      float *scales);

/// Four-bit weights in groups along a row: w = least + scale * q, q from 0 to 15.
///
/// A group is `group` columns, a multiple of 32 up to 256. 32 columns are 16 bytes: byte i holds
/// column i in its low half and column i + 16 in its high half. The last group of a row is padded.
/// With `starts`, only groups are stored that were kept: row r has the groups ids[starts[r]] ..<
/// ids[starts[r + 1]], rising; without, all of them in order. Bytes, scales and leasts follow the
/// order of groups. *Source* of the group-sparse form: GQSA, arXiv 2412.17560, section 3.
typedef struct lacuna_int4 {
  int64_t rows, columns, group;
  const int64_t *starts;
  const int32_t *ids;
  uint8_t *packed;
  float *scales, *leasts;
} lacuna_int4;

static inline int64_t lacuna_int4_groups_a_row(const lacuna_int4 *w) {
  return (w->columns + w->group - 1) / w->group;
}
static inline int64_t lacuna_int4_groups(const lacuna_int4 *w) {
  return w->starts ? w->starts[w->rows] : w->rows * lacuna_int4_groups_a_row(w);
}

/// Writes `packed` (group / 2 bytes a group), `scales` and `leasts` from a dense matrix.
void lacuna_int4_pack(const float *dense, lacuna_int4 *to);
/// The dense matrix that the stored one stands for.
void lacuna_int4_unpack(const lacuna_int4 *w, float *dense);
/// y = W x. Touches LACUNA_GROUPS where groups were left out: those that each row keeps.
int32_t lacuna_int4_gemv(lacuna_pool *pool, const lacuna_int4 *w, const float *x, float *y,
                         const lacuna_recorder *recorder);

#endif
