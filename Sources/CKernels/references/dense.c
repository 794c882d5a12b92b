#include "lacuna_dense.h"

void lacuna_gemv_reference(const float *w, const float *x, float *y, int64_t rows,
                           int64_t columns) {
  for (int64_t r = 0; r < rows; r += 1) {
    double total = 0;
    for (int64_t c = 0; c < columns; c += 1) total += (double)w[r * columns + c] * x[c];
    y[r] = (float)total;
  }
}

void lacuna_gemm_reference(const float *a, int64_t a_stride, const float *b, int64_t b_stride,
                           float *c, int64_t c_stride, int64_t m, int64_t n, int64_t k) {
  for (int64_t i = 0; i < m; i += 1)
    for (int64_t j = 0; j < n; j += 1) {
      double total = 0;
      for (int64_t l = 0; l < k; l += 1)
        total += (double)a[i * a_stride + l] * b[l * b_stride + j];
      c[i * c_stride + j] = (float)total;
    }
}
