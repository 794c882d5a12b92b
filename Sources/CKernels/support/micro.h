// The tile product at the heart of GEMM and of prefill attention. Included inside a level.
//
// A tile of C is MR rows by NR columns, held in MR x 2 registers while k runs. A is packed
// [k][MR]; B is read as [k][b_stride], of which NR columns count. AVX-512 and NEON have 32
// registers, AVX2 has 16.

#undef MR
#undef NR
#if KERNEL_LEVEL == 4
#define MR 12
#else
#define MR 6
#endif
#define NR (2 * LANES)
#define micro LEVEL(micro)
#define put_tile LEVEL(put_tile)

/// tile[MR][NR] = A B.
INLINE void micro(const float *restrict a, const float *restrict b, int64_t b_stride, int64_t k,
                  vf tile[MR][2]) {
  vf acc[MR][2] = {{{0}}};
  for (int64_t l = 0; l < k; l += 1) {
    const vf b0 = load(b), b1 = load(b + LANES);
    __builtin_prefetch(a + 16 * MR);
    for (int i = 0; i < MR; i += 1) {
      const vf x = spread(a[i]);
      acc[i][0] += x * b0;
      acc[i][1] += x * b1;
    }
    a += MR;
    b += b_stride;
  }
  for (int i = 0; i < MR; i += 1) {
    tile[i][0] = acc[i][0];
    tile[i][1] = acc[i][1];
  }
}

/// Writes the rows x columns corner of a tile to C, or adds it.
INLINE void put_tile(vf tile[MR][2], float *c, int64_t c_stride, int64_t rows, int64_t columns,
                     int add) {
  if (rows == MR && columns == NR) {
    for (int i = 0; i < MR; i += 1) {
      float *to = c + i * c_stride;
      store(to, add ? load(to) + tile[i][0] : tile[i][0]);
      store(to + LANES, add ? load(to + LANES) + tile[i][1] : tile[i][1]);
    }
    return;
  }
  float row[NR];
  for (int i = 0; i < rows; i += 1) {
    store(row, tile[i][0]);
    store(row + LANES, tile[i][1]);
    float *to = c + i * c_stride;
    for (int j = 0; j < columns; j += 1) to[j] = add ? to[j] + row[j] : row[j];
  }
}
