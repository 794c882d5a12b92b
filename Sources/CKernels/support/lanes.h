// Vectors of LANES floats at the level at hand. Included by levels.h once for each level, so
// without a guard; a kernel writes `vf` and `load` and gets the level's.

#ifndef vf
#define vf LEVEL(vf)
#define vi LEVEL(vi)
#define vu LEVEL(vu)
#define vf_at LEVEL(vf_at)
#define vi_at LEVEL(vi_at)
#define vu_at LEVEL(vu_at)
#define vb_at LEVEL(vb_at)
#define vub_at LEVEL(vub_at)
#define load LEVEL(load)
#define store LEVEL(store)
#define spread LEVEL(spread)
#define sum LEVEL(sum)
#define greatest LEVEL(greatest)
#define four_sums LEVEL(four_sums)
#define weighted_sum LEVEL(weighted_sum)
#define maximum LEVEL(maximum)
#define exponential LEVEL(exponential)
#define dot LEVEL(dot)
#define add_scaled LEVEL(add_scaled)
#define four_dots LEVEL(four_dots)
#define four_added LEVEL(four_added)
#define four_dots_of_two LEVEL(four_dots_of_two)
#define four_added_to_two LEVEL(four_added_to_two)
#define INLINE static inline __attribute__((always_inline, unused))
#endif

typedef float vf __attribute__((vector_size(LANES * 4)));
typedef int32_t vi __attribute__((vector_size(LANES * 4)));
typedef uint32_t vu __attribute__((vector_size(LANES * 4)));
typedef float vf_at __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t vi_at __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef uint32_t vu_at __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int8_t vb_at __attribute__((vector_size(LANES), aligned(1), may_alias));
typedef uint8_t vub_at __attribute__((vector_size(LANES), aligned(1), may_alias));

INLINE vf load(const float *from) { return *(const vf_at *)from; }

INLINE void store(float *to, vf value) { *(vf_at *)to = value; }

INLINE vf spread(float value) { return value - (vf){0}; }

INLINE vf maximum(vf a, vf b) {
  const vi mask = a > b;
  return (vf)(((vi)a & mask) | ((vi)b & ~mask));
}

/// The sum of the lanes, in one fixed order.
INLINE float sum(vf value) {
  float lane[LANES];
  store(lane, value);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int at = 0; at < half; at += 1) lane[at] += lane[at + half];
  return lane[0];
}

// Of two vectors, the even and the odd lanes by pieces of four: [a0 a2 b0 b2 | a4 a6 b4 b6 ...].
#undef EVEN
#undef ODD
#if LANES == 16
#define EVEN 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30
#define ODD 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31
#elif LANES == 8
#define EVEN 0, 2, 8, 10, 4, 6, 12, 14
#define ODD 1, 3, 9, 11, 5, 7, 13, 15
#else
#define EVEN 0, 2, 4, 6
#define ODD 1, 3, 5, 7
#endif

/// The sums of the lanes of four vectors, with eight shuffles for all of them.
INLINE void four_sums(vf a, vf b, vf c, vf d, float s[4]) {
  const vf ab = __builtin_shufflevector(a, b, EVEN) + __builtin_shufflevector(a, b, ODD);
  const vf cd = __builtin_shufflevector(c, d, EVEN) + __builtin_shufflevector(c, d, ODD);
  const vf abcd = __builtin_shufflevector(ab, cd, EVEN) + __builtin_shufflevector(ab, cd, ODD);
  float lane[LANES];
  store(lane, abcd);
  for (int half = LANES / 2; half >= 4; half /= 2)
    for (int at = 0; at < half; at += 1) lane[at] += lane[at + half];
  for (int k = 0; k < 4; k += 1) s[k] = lane[k];
}

INLINE float greatest(vf value) {
  float lane[LANES];
  store(lane, value);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int at = 0; at < half; at += 1)
      lane[at] = lane[at] > lane[at + half] ? lane[at] : lane[at + half];
  return lane[0];
}

/// e to the power x for x <= 88, relative error below 2e-7; 0 below -87.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor polynomial of degree 7, 2^n by the
/// exponent field. ln 2 is cut in two so that r keeps its digits.
INLINE vf exponential(vf x) {
  const vf least = spread(-87.0f);
  const vi below = x < least;
  x = maximum(x, least);
  const vf magic = spread(12582912.0f);
  const vf shifted = x * 1.44269504f + magic;
  const vf n = shifted - magic;
  const vf r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  vf p = r * 1.98412698e-4f + 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.0f;
  const vi power = ((vi)shifted - (vi)magic + 127) << 23;
  return (vf)((vi)(p * (vf)power) & ~below);
}

/// a . b over n floats.
INLINE float dot(const float *a, const float *b, int64_t n) {
  vf s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  int64_t at = 0;
  for (; at + 4 * LANES <= n; at += 4 * LANES) {
    s0 += load(a + at) * load(b + at);
    s1 += load(a + at + LANES) * load(b + at + LANES);
    s2 += load(a + at + 2 * LANES) * load(b + at + 2 * LANES);
    s3 += load(a + at + 3 * LANES) * load(b + at + 3 * LANES);
  }
  for (; at + LANES <= n; at += LANES) s0 += load(a + at) * load(b + at);
  float total = sum((s0 + s1) + (s2 + s3));
  for (; at < n; at += 1) total += a[at] * b[at];
  return total;
}

/// y += scale * x over n floats.
INLINE void add_scaled(float *y, const float *x, float scale, int64_t n) {
  const vf s = spread(scale);
  int64_t at = 0;
  for (; at + LANES <= n; at += LANES) store(y + at, load(y + at) + s * load(x + at));
  for (; at < n; at += 1) y[at] += scale * x[at];
}

/// s[k] = row_k . x for four rows.
INLINE void four_dots(const float *const row[4], const float *x, int64_t width,
                             float s[4]) {
  vf a[4] = {{0}}, b[4] = {{0}};
  int64_t c = 0;
  for (; c + 2 * LANES <= width; c += 2 * LANES) {
    const vf x0 = load(x + c), x1 = load(x + c + LANES);
    for (int k = 0; k < 4; k += 1) {
      a[k] += load(row[k] + c) * x0;
      b[k] += load(row[k] + c + LANES) * x1;
    }
  }
  four_sums(a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], s);
  for (; c < width; c += 1)
    for (int k = 0; k < 4; k += 1) s[k] += row[k][c] * x[c];
}

/// y += scale_k * row_k for four rows, y loaded once.
INLINE void four_added(float *y, const float *const row[4], const float scale[4],
                              int64_t width) {
  const vf s0 = spread(scale[0]), s1 = spread(scale[1]), s2 = spread(scale[2]),
           s3 = spread(scale[3]);
  int64_t c = 0;
  for (; c + LANES <= width; c += LANES) {
    const vf first = load(row[0] + c) * s0 + load(row[1] + c) * s1;
    const vf second = load(row[2] + c) * s2 + load(row[3] + c) * s3;
    store(y + c, load(y + c) + (first + second));
  }
  for (; c < width; c += 1)
    y[c] += (row[0][c] * scale[0] + row[1][c] * scale[1]) +
            (row[2][c] * scale[2] + row[3][c] * scale[3]);
}

/// s[0][k] = row_k . x and s[1][k] = row_k . y for four rows, each loaded once.
INLINE void four_dots_of_two(const float *const row[4], const float *x, const float *y,
                             int64_t width, float s[2][4]) {
  vf a[4] = {{0}}, b[4] = {{0}};
  int64_t c = 0;
  for (; c + LANES <= width; c += LANES) {
    const vf x0 = load(x + c), y0 = load(y + c);
    for (int k = 0; k < 4; k += 1) {
      const vf r = load(row[k] + c);
      a[k] += r * x0;
      b[k] += r * y0;
    }
  }
  four_sums(a[0], a[1], a[2], a[3], s[0]);
  four_sums(b[0], b[1], b[2], b[3], s[1]);
  for (; c < width; c += 1)
    for (int k = 0; k < 4; k += 1) {
      s[0][k] += row[k][c] * x[c];
      s[1][k] += row[k][c] * y[c];
    }
}

/// x += sum of s[0][k] row_k and y += sum of s[1][k] row_k for four rows, each loaded once.
INLINE void four_added_to_two(float *x, float *y, const float *const row[4],
                              const float s[2][4], int64_t width) {
  int64_t c = 0;
  for (; c + LANES <= width; c += LANES) {
    vf a = load(x + c), b = load(y + c);
    for (int k = 0; k < 4; k += 1) {
      const vf r = load(row[k] + c);
      a += r * s[0][k];
      b += r * s[1][k];
    }
    store(x + c, a);
    store(y + c, b);
  }
  for (; c < width; c += 1)
    for (int k = 0; k < 4; k += 1) {
      x[c] += row[k][c] * s[0][k];
      y[c] += row[k][c] * s[1][k];
    }
}

/// y += sum over n rows of scale_k * row_k. Pieces of y stay in registers meanwhile.
INLINE void weighted_sum(float *y, const float *const *row, const float *scale, int64_t n,
                         int64_t width) {
  int64_t c = 0;
  for (; c + 8 * LANES <= width; c += 8 * LANES) {
    vf piece[8];
    for (int l = 0; l < 8; l += 1) piece[l] = load(y + c + l * LANES);
    for (int64_t k = 0; k < n; k += 1) {
      const vf s = spread(scale[k]);
      for (int l = 0; l < 8; l += 1) piece[l] += s * load(row[k] + c + l * LANES);
    }
    for (int l = 0; l < 8; l += 1) store(y + c + l * LANES, piece[l]);
  }
  for (; c + LANES <= width; c += LANES) {
    vf piece = load(y + c);
    for (int64_t k = 0; k < n; k += 1) piece += spread(scale[k]) * load(row[k] + c);
    store(y + c, piece);
  }
  for (; c < width; c += 1)
    for (int64_t k = 0; k < n; k += 1) y[c] += scale[k] * row[k][c];
}
