#ifndef LACUNA_STRIDED_H
#define LACUNA_STRIDED_H

#include "lacuna_pool.h"

/// As lacuna_gemm, where B's element (l, j) lies at b[l * b_row + j * b_column]: B may be the
/// transpose of what is stored.
int32_t strided_gemm(lacuna_pool *pool, const float *a, int64_t a_stride, const float *b,
                     int64_t b_row, int64_t b_column, float *c, int64_t c_stride, int64_t m,
                     int64_t n, int64_t k);

#endif
