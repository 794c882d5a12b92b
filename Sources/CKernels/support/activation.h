// The nonlinearity of a feed-forward network. Included inside a level.

#undef activate
#undef silu
#define activate LEVEL(activate)
#define silu LEVEL(silu)

/// t / (1 + exp(-t)). Beyond -87 the exponential would overflow; what comes of 87 is as good as
/// nothing.
INLINE vf silu(vf t) { return t / (exponential(-maximum(t, spread(-87.0f))) + 1.0f); }

/// h[i] = act(h[i]), or act(gate[i]) h[i] where there is a gate, of n floats.
INLINE void activate(const lacuna_ffn *ffn, const float *gate, float *h, int64_t n) {
  const float *t = gate ? gate : h;
  if (ffn->activation == LACUNA_RELU) {
    for (int64_t at = 0; at < n; at += 1) {
      const float value = gate ? t[at] * h[at] : t[at];
      h[at] = t[at] > 0 ? value : 0;
    }
    return;
  }
  int64_t at = 0;
  for (; at + LANES <= n; at += LANES) {
    const vf act = silu(load(t + at));
    store(h + at, gate ? act * load(h + at) : act);
  }
  if (at == n) return;
  float rest[LANES] = {0};
  for (int64_t l = 0; at + l < n; l += 1) rest[l] = t[at + l];
  store(rest, silu(load(rest)));
  for (int64_t l = 0; at + l < n; l += 1) h[at + l] = gate ? rest[l] * h[at + l] : rest[l];
}
