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
#define maximum LEVEL(maximum)
#define exponential LEVEL(exponential)
#define dot LEVEL(dot)
#define add_scaled LEVEL(add_scaled)
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
