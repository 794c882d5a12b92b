#ifndef LACUNA_DENSE_H
#define LACUNA_DENSE_H

#include "lacuna_pool.h"

/// Dense products in fp32: the twins that sparse kernels are held against. Matrices are row-major.

/// y = W x. W is rows x columns, without gaps.
void lacuna_gemv(lacuna_pool *pool, const float *w, const float *x, float *y, int64_t rows,
                 int64_t columns);
void lacuna_gemv_reference(const float *w, const float *x, float *y, int64_t rows,
                           int64_t columns);

/// C = A B, where A is m x k, B is k x n and C is m x n, with the given lengths from row to row.
/// Returns LACUNA_DONE or LACUNA_NO_MEMORY.
int32_t lacuna_gemm(lacuna_pool *pool, const float *a, int64_t a_stride, const float *b,
                    int64_t b_stride, float *c, int64_t c_stride, int64_t m, int64_t n,
                    int64_t k);
void lacuna_gemm_reference(const float *a, int64_t a_stride, const float *b, int64_t b_stride,
                           float *c, int64_t c_stride, int64_t m, int64_t n, int64_t k);

/// Memory streams, the measure of what a kernel could reach at most.
/// The sum of n floats: one stream that is read.
float lacuna_stream_read(lacuna_pool *pool, const float *from, int64_t n);
/// a = b + 3 c over n floats, as STREAM's triad: two streams read, one written.
void lacuna_stream_triad(lacuna_pool *pool, float *a, const float *b, const float *c, int64_t n);

#endif
