#ifndef LACUNA_STRUCTURED_H
#define LACUNA_STRUCTURED_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// Weights of which each group of m along a row keeps n: 2:4 in its own form, any N:M in another.
///
/// Sixteen rows lie interleaved, so that a register holds the same place of several rows and the
/// inputs they choose from are the same few: choosing is a blend, no gather. Rows are rounded up to
/// 16 and columns to whole words with zeros.

enum { LACUNA_ROWS_TOGETHER = 16, LACUNA_GROUPS_A_WORD = 8 };

/// 2:4. values[row block][group of 4 columns][2][16 rows];
/// codes[row block][8 groups][16 rows], four bits a group from the highest: the place of the
/// first value (2 bits), then of the second.
typedef struct lacuna_two_four {
  int64_t rows, columns;
  float *values;
  uint32_t *codes;
} lacuna_two_four;

static inline int64_t lacuna_row_blocks(int64_t rows) {
  return (rows + LACUNA_ROWS_TOGETHER - 1) / LACUNA_ROWS_TOGETHER;
}
/// Words of codes of one row.
static inline int64_t lacuna_two_four_words(int64_t columns) {
  return (columns + 4 * LACUNA_GROUPS_A_WORD - 1) / (4 * LACUNA_GROUPS_A_WORD);
}
static inline int64_t lacuna_two_four_values(int64_t rows, int64_t columns) {
  return lacuna_row_blocks(rows) * lacuna_two_four_words(columns) * LACUNA_GROUPS_A_WORD * 2 *
         LACUNA_ROWS_TOGETHER;
}
static inline int64_t lacuna_two_four_codes(int64_t rows, int64_t columns) {
  return lacuna_row_blocks(rows) * lacuna_two_four_words(columns) * LACUNA_ROWS_TOGETHER;
}

/// Keeps the two values of each four that are farthest from zero (the first of equals) and writes
/// values and codes, for which `to` names room.
void lacuna_two_four_pack(const float *dense, lacuna_two_four *to);

/// y = W x. x has `columns` floats. Touches LACUNA_COLUMNS: those that each row keeps, rising.
int32_t lacuna_two_four_gemv(lacuna_pool *pool, const lacuna_two_four *w, const float *x,
                             float *y, const lacuna_recorder *recorder);
/// C = W B, B columns x n and C rows x n, both without gaps. Touches as above.
int32_t lacuna_two_four_gemm(lacuna_pool *pool, const lacuna_two_four *w, const float *b,
                             float *c, int64_t n, const lacuna_recorder *recorder);

/// N:M with m from 2 to 32. values[row block][group of m columns][kept][16 rows] and places, the
/// column within the group, in the same order.
typedef struct lacuna_n_of_m {
  int64_t rows, columns;
  int32_t kept, of;
  float *values;
  uint8_t *places;
} lacuna_n_of_m;

/// Values, and so places, that a matrix takes.
static inline int64_t lacuna_n_of_m_values(int64_t rows, int64_t columns, int32_t kept,
                                           int32_t of) {
  return lacuna_row_blocks(rows) * ((columns + of - 1) / of) * kept * LACUNA_ROWS_TOGETHER;
}

void lacuna_n_of_m_pack(const float *dense, lacuna_n_of_m *to);
/// As for 2:4.
int32_t lacuna_n_of_m_gemv(lacuna_pool *pool, const lacuna_n_of_m *w, const float *x, float *y,
                           const lacuna_recorder *recorder);
int32_t lacuna_n_of_m_gemm(lacuna_pool *pool, const lacuna_n_of_m *w, const float *b, float *c,
                           int64_t n, const lacuna_recorder *recorder);

/// Writes the dense matrix without the values that packing drops.
void lacuna_prune_reference(const float *dense, float *pruned, int64_t rows, int64_t columns,
                            int32_t kept, int32_t of);

#endif
