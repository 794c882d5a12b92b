#include "case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };
static const int64_t most_bytes = (int64_t)1 << 40;

void *case_memory(lacuna_case *made, int64_t count, int64_t size) {
  int64_t bytes = 0;
  if (made->failed || count < 0 || __builtin_mul_overflow(count, size, &bytes) ||
      bytes > most_bytes || made->block_count == MOST_BLOCKS) {
    made->failed = true;
    return NULL;
  }
  bytes = (bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
  void *block = aligned_alloc(ALIGNMENT, (size_t)bytes);
  if (!block) {
    made->failed = true;
    return NULL;
  }
  memset(block, 0, (size_t)bytes);
  made->blocks[made->block_count] = block;
  made->block_count += 1;
  return block;
}

// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
uint64_t case_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

int64_t case_below(lacuna_case *made, int64_t n) {
  return (int64_t)(case_random(&made->random) % (uint64_t)n);
}

double case_uniform(lacuna_case *made) {
  return (double)(case_random(&made->random) >> 11) * 0x1p-53;
}

float *case_floats(lacuna_case *made, int64_t count) {
  float *values = CASE_ARRAY(made, float, count);
  for (int64_t at = 0; values && at < count; at += 2) {
    const uint64_t bits = case_random(&made->random);
    values[at] = (float)(int32_t)(bits & 0xffffffffu) * 0x1p-31f;
    if (at + 1 < count) values[at + 1] = (float)(int32_t)(bits >> 32) * 0x1p-31f;
  }
  return values;
}

int32_t *case_subset(lacuna_case *made, int64_t of, int64_t count) {
  int32_t *ids = CASE_ARRAY(made, int32_t, count);
  // Selection sampling (Knuth 3.4.2, algorithm S).
  int64_t taken = 0;
  for (int64_t id = 0; ids && taken < count; id += 1) {
    if ((double)(of - id) * case_uniform(made) >= (double)(count - taken)) continue;
    ids[taken] = (int32_t)id;
    taken += 1;
  }
  return ids;
}

void case_outputs(lacuna_case *made, int64_t count) {
  made->output_count = count;
  for (int variant = 0; variant < 3; variant += 1)
    made->output[variant] = CASE_ARRAY(made, float, count);
}

int64_t case_kept(const lacuna_case *made, int64_t whole) {
  const int64_t kept = (int64_t)llround(made->shape.density * (double)whole);
  return kept < 1 ? 1 : kept > whole ? whole : kept;
}

int64_t ragged_size(uint64_t *state, int64_t low, int64_t high) {
  return low + (int64_t)(case_random(state) % (uint64_t)(high - low + 1));
}

double ragged_density(uint64_t *state) {
  return 0.05 + 0.95 * (double)ragged_size(state, 0, 8) / 8;
}

lacuna_shape lacuna_ragged_shape(const lacuna_kernel *kernel, uint64_t seed) {
  lacuna_shape shape = kernel->ragged(seed);
  shape.seed = seed;
  return shape;
}

lacuna_case *lacuna_case_create(const lacuna_kernel *kernel, const lacuna_shape *shape) {
  if (!(shape->density > 0 && shape->density <= 1)) return NULL;
  for (int at = 0; at < 4; at += 1)
    if (kernel->sizes[at] && (shape->size[at] < 1 || shape->size[at] > INT32_MAX)) return NULL;
  lacuna_case *made = calloc(1, sizeof *made);
  if (!made) return NULL;
  made->kernel = kernel;
  made->shape = *shape;
  made->random = shape->seed;
  kernel->build(made);
  if (!made->failed) return made;
  lacuna_case_destroy(made);
  return NULL;
}

void lacuna_case_destroy(lacuna_case *made) {
  if (!made) return;
  if (made->kernel->release) made->kernel->release(made);
  for (int32_t at = 0; at < made->block_count; at += 1) free(made->blocks[at]);
  free(made);
}

int32_t lacuna_case_run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                        const lacuna_recorder *recorder) {
  return made->kernel->run(made, variant, pool, variant == LACUNA_SPARSE ? recorder : NULL);
}

lacuna_work lacuna_case_work(const lacuna_case *made, lacuna_variant variant) {
  return made->kernel->work(made, variant);
}

const float *lacuna_case_output(const lacuna_case *made, lacuna_variant variant, int64_t *count) {
  *count = made->output_count;
  return made->output[variant];
}

static double difference(const float *found, const float *right, int64_t count) {
  double greatest = 0, apart = 0;
  for (int64_t at = 0; at < count; at += 1) {
    if (!isfinite(found[at]) || !isfinite(right[at])) {
      // Masked logits are minus infinity in both.
      if (found[at] == right[at]) continue;
      return INFINITY;
    }
    greatest = fmax(greatest, fabs((double)right[at]));
    apart = fmax(apart, fabs((double)found[at] - (double)right[at]));
  }
  return greatest > 0 ? apart / greatest : apart;
}

double lacuna_case_error(lacuna_case *made, lacuna_pool *pool) {
  const int64_t bytes = made->output_count * (int64_t)sizeof(float);
  const lacuna_variant order[] = {LACUNA_REFERENCE, LACUNA_SPARSE, LACUNA_DENSE};
  double error = 0;
  for (int at = 0; at < (made->kernel->dense_agrees ? 3 : 2); at += 1) {
    float *output = made->output[order[at]];
    // Bytes of ones are not a number: what a kernel forgets to write is found.
    memset(output, 0xff, (size_t)bytes);
    if (lacuna_case_run(made, order[at], pool, NULL) != LACUNA_DONE) return INFINITY;
    error = fmax(error, difference(output, made->output[LACUNA_REFERENCE], made->output_count));
  }
  return error;
}
