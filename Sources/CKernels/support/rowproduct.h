// A sparse row times a panel of a dense matrix: the inner loop of CSR and N:M matrix products.
// Included inside a level.
//
// C's piece stays in registers; each kept value costs one load of B an FMA. So the rate is that of
// loads from the cache that holds the panel, and callers see to it that this is L1 or L2.

#undef PANEL
#define PANEL (8 * LANES)
#define row_product LEVEL(row_product)

/// c[0 ..< columns] = (add ? c : 0) + sum over k of value[k] * panel[id[k]]. `stride` is the
/// panel's, a multiple of LANES and at least `columns`.
INLINE void row_product(const float *value, const int32_t *id, int64_t kept, const float *panel,
                        int64_t stride, float *c, int64_t columns, int add) {
  if (stride == PANEL && columns == PANEL) {
    vf acc[8] = {{0}};
    for (int l = 0; add && l < 8; l += 1) acc[l] = load(c + l * LANES);
    for (int64_t k = 0; k < kept; k += 1) {
      const float *row = panel + (int64_t)id[k] * PANEL;
      const vf v = spread(value[k]);
      for (int l = 0; l < 8; l += 1) acc[l] += v * load(row + l * LANES);
    }
    for (int l = 0; l < 8; l += 1) store(c + l * LANES, acc[l]);
    return;
  }
  for (int64_t j = 0; j < columns; j += LANES) {
    vf acc = {0};
    for (int64_t k = 0; k < kept; k += 1)
      acc += spread(value[k]) * load(panel + id[k] * stride + j);
    float some[LANES];
    store(some, acc);
    for (int64_t l = 0; l < LANES && j + l < columns; l += 1)
      c[j + l] = add ? c[j + l] + some[l] : some[l];
  }
}
