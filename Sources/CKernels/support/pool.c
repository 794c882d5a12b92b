#include "lacuna_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SPINS = 4000, ALIGNMENT = 64, MOST_THREADS = 1024 };

typedef struct memory {
  void *start;
  int64_t bytes;
} memory;

struct lacuna_pool {
  int32_t threads;
  int32_t started;
  pthread_t *handles;
  struct worker *workers;
  memory shared;
  memory *own;

  /// Guards what follows, but for the counters that are also looked at without it.
  pthread_mutex_t lock;
  pthread_cond_t wake, done;
  /// A round is one call of lacuna_pool_run. Workers look for the number to change.
  atomic_long round;
  lacuna_task task;
  void *context;
  int64_t tasks, next;
  /// Tasks that have ended; a round ends with its last task, whoever slept through it.
  atomic_llong ended;
  bool stopping;
};

typedef struct worker {
  lacuna_pool *pool;
  int32_t index;
} worker;

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Takes tasks of the round at hand until there are none; `lock` is held before and after. A
/// worker that comes late meets the next round, or nothing: never a round that is over.
static void take_tasks(lacuna_pool *pool, int32_t index) {
  while (pool->next < pool->tasks) {
    const int64_t taken = pool->next;
    const lacuna_task task = pool->task;
    void *context = pool->context;
    pool->next += 1;
    pthread_mutex_unlock(&pool->lock);
    task(context, taken, index);
    pthread_mutex_lock(&pool->lock);
    if (atomic_fetch_add(&pool->ended, 1) + 1 == pool->tasks) pthread_cond_signal(&pool->done);
  }
}

static void *work(void *argument) {
  const worker *self = argument;
  lacuna_pool *pool = self->pool;
  long seen = 0;
  for (;;) {
    // A kernel often follows the last one at once, so look a while before sleeping.
    for (int spin = 0; spin < SPINS; spin += 1) {
      if (atomic_load_explicit(&pool->round, memory_order_relaxed) != seen) break;
      pause_briefly();
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load(&pool->round) == seen) pthread_cond_wait(&pool->wake, &pool->lock);
    seen = atomic_load(&pool->round);
    const bool stopping = pool->stopping;
    if (!stopping) take_tasks(pool, self->index);
    pthread_mutex_unlock(&pool->lock);
    if (stopping) return NULL;
  }
}

/// Starts a round; `lock` is held.
static void begin_round(lacuna_pool *pool) {
  atomic_fetch_add(&pool->round, 1);
  pthread_cond_broadcast(&pool->wake);
}

lacuna_pool *lacuna_pool_create(int32_t threads) {
  if (threads < 1 || threads > MOST_THREADS) return NULL;
  lacuna_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->threads = threads;
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->done, NULL);
  pool->own = calloc((size_t)threads, sizeof *pool->own);
  pool->handles = calloc((size_t)threads, sizeof *pool->handles);
  pool->workers = calloc((size_t)threads, sizeof *pool->workers);
  if (!pool->own || !pool->handles || !pool->workers) {
    lacuna_pool_destroy(pool);
    return NULL;
  }
  for (int32_t index = 1; index < threads; index += 1) {
    pool->workers[index] = (worker){pool, index};
    if (pthread_create(&pool->handles[index], NULL, work, &pool->workers[index]) != 0) {
      lacuna_pool_destroy(pool);
      return NULL;
    }
    pool->started += 1;
  }
  return pool;
}

void lacuna_pool_destroy(lacuna_pool *pool) {
  if (!pool) return;
  if (pool->started > 0) {
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    begin_round(pool);
    pthread_mutex_unlock(&pool->lock);
    for (int32_t index = 1; index <= pool->started; index += 1)
      pthread_join(pool->handles[index], NULL);
  }
  for (int32_t index = 0; pool->own && index < pool->threads; index += 1)
    free(pool->own[index].start);
  free(pool->own);
  free(pool->handles);
  free(pool->workers);
  free(pool->shared.start);
  pthread_cond_destroy(&pool->wake);
  pthread_cond_destroy(&pool->done);
  pthread_mutex_destroy(&pool->lock);
  free(pool);
}

int32_t lacuna_pool_threads(const lacuna_pool *pool) { return pool->threads; }

void lacuna_pool_run(lacuna_pool *pool, int64_t tasks, lacuna_task task, void *context) {
  if (pool->threads == 1 || tasks <= 1) {
    for (int64_t index = 0; index < tasks; index += 1) task(context, index, 0);
    return;
  }
  pthread_mutex_lock(&pool->lock);
  pool->task = task;
  pool->context = context;
  pool->tasks = tasks;
  pool->next = 0;
  atomic_store(&pool->ended, 0);
  begin_round(pool);
  take_tasks(pool, 0);
  pthread_mutex_unlock(&pool->lock);
  for (int spin = 0; spin < SPINS && atomic_load(&pool->ended) < tasks; spin += 1)
    pause_briefly();
  pthread_mutex_lock(&pool->lock);
  while (atomic_load(&pool->ended) < tasks) pthread_cond_wait(&pool->done, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
}

static int grow(memory *memory, int64_t bytes) {
  if (memory->bytes >= bytes) return 1;
  const int64_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  void *start = aligned_alloc(ALIGNMENT, (size_t)rounded);
  if (!start) return 0;
  free(memory->start);
  memory->start = start;
  memory->bytes = rounded;
  return 1;
}

void *lacuna_pool_shared(lacuna_pool *pool, int64_t bytes) {
  return grow(&pool->shared, bytes > 0 ? bytes : 1) ? pool->shared.start : NULL;
}

int32_t lacuna_pool_reserve(lacuna_pool *pool, int64_t bytes) {
  for (int32_t index = 0; index < pool->threads; index += 1)
    if (!grow(&pool->own[index], bytes > 0 ? bytes : 1)) return LACUNA_NO_MEMORY;
  return LACUNA_DONE;
}

void *lacuna_pool_private(const lacuna_pool *pool, int32_t worker) {
  return pool->own[worker].start;
}
