// Attention over runs of tokens with a running softmax. Included inside a level.
//
// State of a query: the greatest score so far, the sum of exp(score - greatest) and the same sum
// weighted with values. *Source*: Milakov and Gimelshein, arXiv 1805.02867.

#undef RUN
#define RUN 32
#define attend LEVEL(attend)
#define raise LEVEL(raise)
#define soften_run LEVEL(soften_run)
#define attend_two LEVEL(attend_two)
#define attend_group LEVEL(attend_group)

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

/// Turns the scores of n tokens, at most RUN, into shares of a state [greatest | total | weighted],
/// which fades as the greatest rises.
INLINE void soften_run(float *scores, int64_t n, int64_t width, float scale, float *state) {
  int64_t t = 0;
  for (; t < n; t += 1) scores[t] *= scale;
  for (; t < RUN; t += 1) scores[t] = scores[0];
  vf highest = load(scores);
  for (t = LANES; t < RUN; t += LANES) highest = maximum(highest, load(scores + t));
  const float most = greatest(highest);
  if (most > state[0]) {
    const float fade = exponential(spread(state[0] - most))[0];
    for (int64_t c = 1; c < width + 2; c += 1) state[c] *= fade;
    state[0] = most;
  }
  state[1] += raise(scores, n, state[0]);
}

/// Adds n tokens, at most RUN, to the state of one query.
///
/// A full run is read as four streams, a quarter of the run each: rows side by side in one piece
/// would be touched in an order that prefetchers do not follow.
INLINE void attend(const float *query, const float *const *keys, const float *const *values,
                   int64_t n, int64_t width, float scale, float *state) {
  float scores[RUN];
  const int64_t part = n == RUN ? RUN / 4 : 0;
  for (int64_t t = 0; t < part; t += 1) {
    const float *row[4] = {keys[t], keys[t + part], keys[t + 2 * part], keys[t + 3 * part]};
    float four[4];
    four_dots(row, query, width, four);
    for (int k = 0; k < 4; k += 1) scores[t + k * part] = four[k];
  }
  for (int64_t t = 0; part == 0 && t < n; t += 1) scores[t] = dot(keys[t], query, width);
  soften_run(scores, n, width, scale, state);
  for (int64_t t = 0; t < part; t += 1) {
    const float *row[4] = {values[t], values[t + part], values[t + 2 * part],
                           values[t + 3 * part]};
    const float four[4] = {scores[t], scores[t + part], scores[t + 2 * part],
                           scores[t + 3 * part]};
    four_added(state + 2, row, four, width);
  }
  if (part == 0) weighted_sum(state + 2, values, scores, n, width);
}

/// Adds a full run to the states of two queries; each key and value is loaded once for both.
INLINE void attend_two(const float *const query[2], const float *const *keys,
                       const float *const *values, int64_t width, float scale,
                       float *const state[2]) {
  enum { PART = RUN / 4 };
  float scores[2][RUN];
  for (int64_t t = 0; t < PART; t += 1) {
    const float *row[4] = {keys[t], keys[t + PART], keys[t + 2 * PART], keys[t + 3 * PART]};
    float four[2][4];
    four_dots_of_two(row, query[0], query[1], width, four);
    for (int k = 0; k < 4; k += 1) {
      scores[0][t + k * PART] = four[0][k];
      scores[1][t + k * PART] = four[1][k];
    }
  }
  for (int q = 0; q < 2; q += 1) soften_run(scores[q], RUN, width, scale, state[q]);
  for (int64_t t = 0; t < PART; t += 1) {
    const float *row[4] = {values[t], values[t + PART], values[t + 2 * PART],
                           values[t + 3 * PART]};
    float four[2][4];
    for (int k = 0; k < 4; k += 1) {
      four[0][k] = scores[0][t + k * PART];
      four[1][k] = scores[1][t + k * PART];
    }
    four_added_to_two(state[0] + 2, state[1] + 2, row, (const float(*)[4])four, width);
  }
}

/// Adds n tokens, at most RUN, to the states of a group of queries, two by two while it goes.
/// Queries lie `width` floats apart, states width + 2.
INLINE void attend_group(const float *queries, int64_t group, const float *const *keys,
                         const float *const *values, int64_t n, int64_t width, float scale,
                         float *states) {
  int64_t member = 0;
  for (; n == RUN && member + 2 <= group; member += 2) {
    const float *query[2] = {queries + member * width, queries + (member + 1) * width};
    float *state[2] = {states + member * (width + 2), states + (member + 1) * (width + 2)};
    attend_two(query, keys, values, width, scale, state);
  }
  for (; member < group; member += 1)
    attend(queries + member * width, keys, values, n, width, scale,
           states + member * (width + 2));
}
