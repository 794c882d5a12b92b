// Attention over runs of tokens with a running softmax. Included inside a level.
//
// State of a query: the greatest score so far, the sum of exp(score - greatest) and the same sum
// weighted with values. *Source*: Milakov and Gimelshein, arXiv 1805.02867.

#undef RUN
#define RUN 32
#define attend LEVEL(attend)
#define raise LEVEL(raise)

/// Replaces n scores by exp(score - greatest) and returns their sum.
INLINE float raise(float *scores, int64_t n, float greatest) {
  vf total = {0};
  int64_t at = 0;
  for (; at + LANES <= n; at += LANES) {
    const vf e = exponential(load(scores + at) - greatest);
    store(scores + at, e);
    total += e;
  }
  float s = sum(total);
  if (at < n) {
    float rest[LANES];
    for (int64_t l = 0; l < LANES; l += 1) rest[l] = at + l < n ? scores[at + l] : -1e30f;
    store(rest, exponential(load(rest) - greatest));
    for (int64_t l = 0; at + l < n; l += 1) {
      scores[at + l] = rest[l];
      s += rest[l];
    }
  }
  return s;
}

/// Adds n tokens, at most RUN, to the state (greatest, total, weighted) of one query.
///
/// A full run is read as four streams, a quarter of the run each: rows side by side in one piece
/// would be touched in an order that prefetchers do not follow.
INLINE void attend(const float *query, const float *const *keys, const float *const *values,
                   int64_t n, int64_t width, float scale, float *greatest_so_far, float *total,
                   float *weighted) {
  float scores[RUN];
  int64_t t = 0;
  const int64_t part = n == RUN ? RUN / 4 : 0;
  for (; t < part; t += 1) {
    const float *row[4];
    float four[4];
    for (int k = 0; k < 4; k += 1) row[k] = keys[t + k * part];
    four_dots(row, query, width, four);
    for (int k = 0; k < 4; k += 1) scores[t + k * part] = four[k];
  }
  if (part == 0)
    for (t = 0; t < n; t += 1) scores[t] = dot(keys[t], query, width);
  for (t = 0; t < n; t += 1) scores[t] *= scale;
  for (t = n; t < RUN; t += 1) scores[t] = scores[0];
  vf highest = load(scores);
  for (t = LANES; t < RUN; t += LANES) highest = maximum(highest, load(scores + t));
  float most = greatest(highest);
  most = most > *greatest_so_far ? most : *greatest_so_far;
  if (most > *greatest_so_far) {
    const float fade = exponential(spread(*greatest_so_far - most))[0];
    *total *= fade;
    for (int64_t c = 0; c < width; c += 1) weighted[c] *= fade;
    *greatest_so_far = most;
  }
  *total += raise(scores, n, most);
  for (t = 0; t < part; t += 1) {
    const float *row[4];
    float four[4];
    for (int k = 0; k < 4; k += 1) {
      row[k] = values[t + k * part];
      four[k] = scores[t + k * part];
    }
    four_added(weighted, row, four, width);
  }
  if (part == 0) weighted_sum(weighted, values, scores, n, width);
}
