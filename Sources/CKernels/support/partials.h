#ifndef LACUNA_PARTIALS_H
#define LACUNA_PARTIALS_H

#include <stdint.h>

/// Partial softmaxes of one query head, joined in the order of chunks, so that the result does not
/// depend on who computed them. A state is [greatest | total | weighted: width floats]; states lie
/// `step` floats apart. Without any token, out is zero.
void join_partials(const float *first, int64_t step, int64_t chunks, int64_t width, float *out);

#endif
