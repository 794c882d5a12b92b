// Dense matrix-matrix product in fp32, after Goto and van de Geijn (ACM TOMS 34(3), 2008).
//
// B is cut into slabs of KC rows by NC columns and packed in panels of NR columns, [k][NR], so that
// the inner loop reads it in order; A in blocks of MC rows by KC, packed in panels of MR rows. A
// panel of B stays in L1, a block of A in L2, a slab of B in L3. Tasks are panels while B is
// packed and blocks of A after; each tile of C gets its slabs in the order of k. Ragged edges are
// packed with zeros and cut when written.

#ifndef KERNEL_LEVEL

#include "lacuna_dense.h"
#include "strided.h"

enum { MC = 96, KC = 320, NC = 3072 };

typedef struct slab {
  const float *a, *b;
  float *c, *packed;
  int64_t a_stride, b_row, b_column, c_stride;
  int64_t m, n, k;
  int add;
  const lacuna_pool *pool;
} slab;

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

#define KERNEL_FILE "kernels/gemm.c"
#include "levels.h"

static int64_t panel_width(void) {
  return lacuna_cpu_level() >= 4 ? 32 : lacuna_cpu_level() >= 3 ? 16 : 8;
}

static void pack(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(gemm_pack)(context, task);
}

static void block(void *context, int64_t task, int32_t worker) {
  const slab *s = context;
  AT_LEVEL(gemm_block)(s, task * MC, lacuna_pool_private(s->pool, worker));
}

int32_t lacuna_gemm(lacuna_pool *pool, const float *a, int64_t a_stride, const float *b,
                    int64_t b_stride, float *c, int64_t c_stride, int64_t m, int64_t n,
                    int64_t k) {
  return strided_gemm(pool, a, a_stride, b, b_stride, 1, c, c_stride, m, n, k);
}

int32_t strided_gemm(lacuna_pool *pool, const float *a, int64_t a_stride, const float *b,
                     int64_t b_row, int64_t b_column, float *c, int64_t c_stride, int64_t m,
                     int64_t n, int64_t k) {
  if (k == 0)
    for (int64_t i = 0; i < m; i += 1)
      for (int64_t j = 0; j < n; j += 1) c[i * c_stride + j] = 0;
  const int64_t width = panel_width();
  const int64_t most = (lesser(n, NC) + width - 1) / width * width;
  float *packed = lacuna_pool_shared(pool, lesser(k, KC) * most * (int64_t)sizeof(float));
  if (!packed) return LACUNA_NO_MEMORY;
  if (lacuna_pool_reserve(pool, (int64_t)MC * KC * (int64_t)sizeof(float)) != LACUNA_DONE)
    return LACUNA_NO_MEMORY;
  for (int64_t j = 0; j < n; j += NC) {
    for (int64_t l = 0; l < k; l += KC) {
      slab s = {
        .a = a + l, .b = b + l * b_row + j * b_column, .c = c + j, .packed = packed,
        .a_stride = a_stride, .b_row = b_row, .b_column = b_column, .c_stride = c_stride,
        .m = m, .n = lesser(n - j, NC), .k = lesser(k - l, KC), .add = l > 0, .pool = pool,
      };
      lacuna_pool_run(pool, (s.n + width - 1) / width, pack, &s);
      lacuna_pool_run(pool, (m + MC - 1) / MC, block, &s);
    }
  }
  return LACUNA_DONE;
}

#else

#include "micro.h"

static void LEVEL(gemm_pack)(const slab *s, int64_t panel) {
  const int64_t first = panel * NR, columns = lesser(s->n - first, NR);
  const float *from = s->b + first * s->b_column;
  float *to = s->packed + first * s->k;
  for (int64_t l = 0; l < s->k; l += 1, from += s->b_row, to += NR) {
    if (columns == NR && s->b_column == 1) {
      store(to, load(from));
      store(to + LANES, load(from + LANES));
    } else {
      for (int64_t j = 0; j < NR; j += 1) to[j] = j < columns ? from[j * s->b_column] : 0;
    }
  }
}

static void LEVEL(gemm_block)(const slab *s, int64_t first, float *packed) {
  const int64_t rows = lesser(s->m - first, MC);
  for (int64_t i = 0; i < rows; i += MR) {
    const int64_t height = lesser(rows - i, MR);
    float *to = packed + i * s->k;
    for (int64_t r = 0; r < MR; r += 1) {
      const float *from = s->a + (first + i + r) * s->a_stride;
      for (int64_t l = 0; l < s->k; l += 1) to[l * MR + r] = r < height ? from[l] : 0;
    }
  }
  for (int64_t j = 0; j < s->n; j += NR) {
    for (int64_t i = 0; i < rows; i += MR) {
      vf tile[MR][2];
      micro(packed + i * s->k, s->packed + j * s->k, NR, s->k, tile);
      put_tile(tile, s->c + (first + i) * s->c_stride + j, s->c_stride, lesser(rows - i, MR),
               lesser(s->n - j, NR), s->add);
    }
  }
}

#endif
