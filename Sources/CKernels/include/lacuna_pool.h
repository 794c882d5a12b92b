#ifndef LACUNA_POOL_H
#define LACUNA_POOL_H

#include <stdint.h>

/// Threads that kernels share.
///
/// A kernel cuts its work into tasks by the shape alone, never by the number of threads; each task
/// writes what no other task writes, and partial sums are added in the order of tasks. So results
/// are the same to the bit at any number of threads. Which thread takes which task is not fixed.
/// A pool serves one caller at a time.
typedef struct lacuna_pool lacuna_pool;

/// One task of a kernel. `worker` is below `lacuna_pool_threads`; the caller's thread is worker 0.
typedef void (*lacuna_task)(void *context, int64_t task, int32_t worker);

/// A pool of `threads` workers (1 to 1024), the calling thread among them. NULL where threads or
/// memory cannot be had. A pool of one starts no thread.
lacuna_pool *lacuna_pool_create(int32_t threads);
void lacuna_pool_destroy(lacuna_pool *pool);
int32_t lacuna_pool_threads(const lacuna_pool *pool);

/// Runs `task` for 0 ..< `tasks` and returns when all have ended.
void lacuna_pool_run(lacuna_pool *pool, int64_t tasks, lacuna_task task, void *context);

/// A buffer of `bytes`, aligned to 64, that belongs to the caller until the next call: memory for
/// partial results. It grows and is kept. NULL where memory cannot be had.
void *lacuna_pool_shared(lacuna_pool *pool, int64_t bytes);

/// Sees to `bytes` of memory for each worker, aligned to 64; 0, or -1 where it cannot be had.
int32_t lacuna_pool_reserve(lacuna_pool *pool, int64_t bytes);
/// A worker's own memory, as last reserved.
void *lacuna_pool_private(const lacuna_pool *pool, int32_t worker);

/// The instruction sets that kernels are compiled for: 1 is the least that the architecture has
/// (SSE2, NEON), 3 is AVX2 with FMA, 4 is AVX-512 (F, BW, DQ, VL).
int32_t lacuna_cpu_level(void);
/// Keeps to levels of at most `level`, for tests; 4 lifts the limit. Call while no kernel runs.
void lacuna_cpu_level_limit(int32_t level);

/// What a kernel returns.
enum { LACUNA_DONE = 0, LACUNA_NO_MEMORY = -1 };

#endif
