// The nonlinearity of a feed-forward network. Included inside a level.

#undef activate
#define activate LEVEL(activate)

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
  for (int64_t at = 0; at < n; at += LANES) {
    const int64_t some = n - at < LANES ? n - at : LANES;
    float in[LANES] = {0}, factor[LANES] = {0}, out[LANES];
    for (int64_t l = 0; l < some; l += 1) {
      in[l] = t[at + l];
      factor[l] = gate ? h[at + l] : 1;
    }
    // Beyond -87 the exponential would overflow, and t / (1 + e^87) is as good as nothing.
    const vf x = load(in);
    const vf least = maximum(x, spread(-87.0f));
    store(out, load(factor) * x / (exponential(-least) + 1.0f));
    for (int64_t l = 0; l < some; l += 1) h[at + l] = out[l];
  }
}
