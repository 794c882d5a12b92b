#ifndef LACUNA_SELECT_H
#define LACUNA_SELECT_H

#include <stdint.h>

/// Choosing the greatest. Values are numbers (minus infinity among them), not NaN; among equals the
/// lower id goes first; ids come out rising.

/// The ids of the k greatest of n values; how many there are, the lesser of n and k, comes back.
/// `ids` has room for as many.
int64_t lacuna_top_k(const float *values, int64_t n, int64_t k, int32_t *ids);

/// The fewest ids, greatest mass first, whose mass is at least `share` of the whole, and at least
/// `least` of them; their count comes back. Masses are 0 or more; `ids` has room for n.
int64_t lacuna_top_p(const float *mass, int64_t n, double share, int64_t least, int32_t *ids);

void lacuna_top_k_reference(const float *values, int64_t n, int64_t k, int32_t *ids);
int64_t lacuna_top_p_reference(const float *mass, int64_t n, double share, int64_t least,
                               int32_t *ids);

#endif
