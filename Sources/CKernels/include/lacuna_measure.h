#ifndef LACUNA_MEASURE_H
#define LACUNA_MEASURE_H

#include "lacuna_pool.h"

/// What a machine can do at most: clocks, and loops that do one thing.

/// Seconds since some moment of the past.
double lacuna_time_wall(void);
/// Seconds that the calling thread has spent on a core.
double lacuna_time_busy(void);
/// How often the system has taken a core from a thread of this process that wanted to go on. Times
/// between which it rose hold the work of others.
int64_t lacuna_interruptions(void);

/// What the system says of a cache of the first core; 0 where it does not. Level 1 is that of data.
int64_t lacuna_cache_bytes(int32_t level);
/// Whether each core has a cache of this level for itself; 1 where the system does not say.
int32_t lacuna_cache_is_own(int32_t level);
/// Cores that this process may use, at least 1.
int32_t lacuna_core_count(void);
int64_t lacuna_memory_bytes(void);

/// Zeroed memory whose pages are there, aligned to 2 MiB; NULL without room.
void *lacuna_measure_memory(int64_t bytes);
void lacuna_measure_free(void *memory);
void lacuna_measure_clear(void *memory, int64_t bytes);

/// Each of `parts` (as many as threads: one a thread) reads its own `floats` of `memory` from first
/// to last, `passes` times; part p starts at p * floats. The sum comes back.
float lacuna_measure_stream(lacuna_pool *pool, const float *memory, int64_t floats, int64_t passes,
                            int32_t parts);

/// Each of `parts` reads `reads` runs of `run` floats at random multiples of `run` below `floats` of
/// one shared `memory`; `run` is 16 or a multiple of it, and at most `floats`. Places follow from the
/// seed.
float lacuna_measure_random(lacuna_pool *pool, const float *memory, int64_t floats, int64_t run,
                            int64_t reads, int32_t parts, uint64_t seed);

/// Follows `steps` links of a chain, each to the place that the last one names. `chain` is made by
/// lacuna_measure_chain; the place reached comes back.
int64_t lacuna_measure_latency(const int64_t *chain, int64_t steps);
/// One cycle through `lines` lines of 64 bytes in random order, in memory of lines * 8 words.
void lacuna_measure_chain(int64_t *chain, int64_t lines, uint64_t seed);

/// Each of `parts` does `rounds` rounds of independent fp32 multiply-adds in registers.
float lacuna_measure_arithmetic(lacuna_pool *pool, int64_t rounds, int32_t parts);
/// Flops of one round of one part; a multiply-add counts two.
int64_t lacuna_arithmetic_flops(void);

/// Wakes the pool for `tasks` tasks that do nothing, `times` times.
void lacuna_measure_wake(lacuna_pool *pool, int64_t tasks, int64_t times);

#endif
