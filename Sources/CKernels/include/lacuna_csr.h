#ifndef LACUNA_CSR_H
#define LACUNA_CSR_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// A sparse matrix by rows: row r holds values[starts[r] ..< starts[r + 1]] at the columns of the
/// same places in `ids`, each below `columns`, rising and none twice in a row.
typedef struct lacuna_csr {
  int64_t rows, columns;
  const int64_t *starts;
  const int32_t *ids;
  const float *values;
} lacuna_csr;

/// C = A B, where A is sparse, B is a.columns x n and C is a.rows x n, without gaps. Touches
/// LACUNA_ROWS: the rows of B that each row of A reads.
int32_t lacuna_csr_times_dense(lacuna_pool *pool, const lacuna_csr *a, const float *b, float *c,
                               int64_t n, const lacuna_recorder *recorder);

/// The product of two sparse matrices, of a.rows x b.columns, in two calls, because its size is
/// known only after the first: `starts` has room for a.rows + 1 and gets the place of each row;
/// then `ids` and `values` have room for starts[a.rows]. An entry that cancels to zero is kept.
/// Touches LACUNA_ROWS in the second call: the rows of B that each row of A reads.
int32_t lacuna_csr_product_starts(lacuna_pool *pool, const lacuna_csr *a, const lacuna_csr *b,
                                  int64_t *starts);
int32_t lacuna_csr_product(lacuna_pool *pool, const lacuna_csr *a, const lacuna_csr *b,
                           const int64_t *starts, int32_t *ids, float *values,
                           const lacuna_recorder *recorder);

#endif
