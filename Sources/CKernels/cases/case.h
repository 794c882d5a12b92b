// What cases share: memory that is freed together, random inputs, outputs.

#ifndef LACUNA_CASE_H
#define LACUNA_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "lacuna_cases.h"

enum { MOST_BLOCKS = 64 };

struct lacuna_case {
  const lacuna_kernel *kernel;
  lacuna_shape shape;
  /// The kernel's own inputs, made by its `build`.
  void *own;
  float *output[3];
  int64_t output_count;

  void *blocks[MOST_BLOCKS];
  int32_t block_count;
  bool failed;
  uint64_t random;
};

/// Zeroed memory aligned to 64. Where it cannot be had, `failed` is set and NULL comes back; a
/// build may look once, after its last allocation and before it writes.
void *case_memory(lacuna_case *made, int64_t count, int64_t size);
/// Uniform in -1 ..< 1; NULL as above.
float *case_floats(lacuna_case *made, int64_t count);
/// `count` different ids below `of`, rising.
int32_t *case_subset(lacuna_case *made, int64_t of, int64_t count);
/// The outputs of the three variants.
void case_outputs(lacuna_case *made, int64_t count);

uint64_t case_random(uint64_t *state);
/// In 0 ..< n.
int64_t case_below(lacuna_case *made, int64_t n);
/// In 0 ..< 1.
double case_uniform(lacuna_case *made);
/// In low ... high.
int64_t ragged_size(uint64_t *state, int64_t low, int64_t high);
/// 0.05 ... 1.
double ragged_density(uint64_t *state);
/// density x whole, at least 1 and at most whole.
int64_t case_kept(const lacuna_case *made, int64_t whole);

#define CASE_ARRAY(made, type, count) ((type *)case_memory(made, count, (int64_t)sizeof(type)))

#endif
