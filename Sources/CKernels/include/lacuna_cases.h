#ifndef LACUNA_CASES_H
#define LACUNA_CASES_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// Every kernel with random inputs of a given shape, its dense twin and its plain reference, behind
/// one face: what checks and measurements go through.

typedef enum lacuna_variant {
  LACUNA_SPARSE = 0,
  LACUNA_DENSE = 1,
  LACUNA_REFERENCE = 2,
} lacuna_variant;

typedef struct lacuna_shape {
  /// What `lacuna_kernel.sizes` names; unused ones are 0.
  int64_t size[4];
  /// The share of the dense work that the sparse variant keeps, above 0 and at most 1. Kernels
  /// whose structure fixes it (2:4) pass over it.
  double density;
  uint64_t seed;
} lacuna_shape;

/// What a variant does by count: a lower bound that caches cannot go below when cold.
typedef struct lacuna_work {
  double flops;
  double bytes;
} lacuna_work;

typedef struct lacuna_case lacuna_case;

typedef struct lacuna_kernel {
  const char *name;
  /// One line: what is computed.
  const char *what;
  /// Names of the sizes, NULL after the last.
  const char *sizes[4];
  /// What stands for size and density where nothing is said: beyond the caches.
  lacuna_shape typical;
  /// The greatest relative error that a check accepts.
  double tolerance;
  /// Whether the dense twin must give the sparse variant's result (its inputs hold zeros).
  int32_t dense_agrees;
  /// The calls that fill and run a case; for lacuna_case_* alone.
  lacuna_shape (*ragged)(uint64_t seed);
  void (*build)(lacuna_case *);
  int32_t (*run)(lacuna_case *, lacuna_variant, lacuna_pool *, const lacuna_recorder *);
  lacuna_work (*work)(const lacuna_case *, lacuna_variant);
  /// Gives back what is not memory; NULL where nothing is.
  void (*release)(lacuna_case *);
} lacuna_kernel;

int32_t lacuna_kernel_count(void);
/// The kernel at 0 ..< lacuna_kernel_count().
const lacuna_kernel *lacuna_kernel_at(int32_t index);

/// A small random shape with ragged edges.
lacuna_shape lacuna_ragged_shape(const lacuna_kernel *kernel, uint64_t seed);

/// Inputs for a shape; NULL where memory does not suffice or a size is below 1.
lacuna_case *lacuna_case_create(const lacuna_kernel *kernel, const lacuna_shape *shape);
void lacuna_case_destroy(lacuna_case *made);
/// LACUNA_DONE or LACUNA_NO_MEMORY. The recorder may be NULL; only the sparse variant calls it.
int32_t lacuna_case_run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                        const lacuna_recorder *recorder);
lacuna_work lacuna_case_work(const lacuna_case *made, lacuna_variant variant);
/// What a variant computed last.
const float *lacuna_case_output(const lacuna_case *made, lacuna_variant variant, int64_t *count);

/// The greatest difference between outputs over the greatest value of the reference; runs the
/// sparse variant and the reference, and the dense twin where it must agree. Infinite where a run
/// fails or yields what is not a number.
double lacuna_case_error(lacuna_case *made, lacuna_pool *pool);

#endif
