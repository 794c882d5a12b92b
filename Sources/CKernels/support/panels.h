// A dense matrix in panels of columns, for kernels that read its rows in no order.
//
// B is k x n, without gaps. A panel holds `panel_width` columns, the last one as many as are left,
// rounded up to a register; its rows follow each other without gaps. Read in place, rows whose
// distance is a power of two would share a few sets of the cache.

#ifndef LACUNA_PANELS_H
#define LACUNA_PANELS_H

#include "lacuna_pool.h"

/// Eight registers at the level at hand.
int64_t panel_width(void);

/// Columns that a panel holds from column `first` on, padding counted.
static inline int64_t panel_stride(int64_t n, int64_t first, int64_t width) {
  const int64_t lanes = width / 8, left = (n - first + lanes - 1) / lanes * lanes;
  return left < width ? left : width;
}

/// Packs B into the pool's shared memory; the panel that starts at column j starts at j * k floats.
/// NULL where memory cannot be had.
const float *pack_panels(lacuna_pool *pool, const float *b, int64_t k, int64_t n);

#endif
