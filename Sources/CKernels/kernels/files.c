// Reads of many pieces of a file: what offloading spends its time on.
//
// Through io_uring, `depth` reads are kept under way by one thread; elsewhere a pool of `depth`
// threads takes them one by one. Both read each piece straight to where it belongs.

#define _GNU_SOURCE

#include "lacuna_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lacuna_pool.h"
#include "uring.h"

#if defined(__linux__) && !defined(MADV_COLLAPSE)
// Of Linux 6.1, newer than the headers of some C libraries.
#define MADV_COLLAPSE 25
#endif

enum { MOST_DEPTH = 1024, HUGE_PAGE = 2 << 20 };

struct lacuna_reader {
  int32_t file;
  uring *ring;
  lacuna_pool *pool;
};

typedef struct batch {
  int32_t file;
  const lacuna_read *reads;
  atomic_int status;
} batch;

int32_t lacuna_file_direct(int32_t file, int32_t direct) {
#if defined(O_DIRECT)
  const int flags = fcntl(file, F_GETFL);
  if (flags < 0) return -errno;
  const int wanted = direct ? flags | O_DIRECT : flags & ~O_DIRECT;
  return fcntl(file, F_SETFL, wanted) < 0 ? -errno : 0;
#elif defined(F_NOCACHE)
  return fcntl(file, F_NOCACHE, direct ? 1 : 0) < 0 ? -errno : 0;
#else
  (void)file;
  return direct ? -ENOSYS : 0;
#endif
}

int32_t lacuna_file_open(const char *path, int32_t direct) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  const int32_t status = lacuna_file_direct(file, direct);
  if (status == 0) return file;
  close(file);
  return status;
}

void lacuna_file_close(int32_t file) { close(file); }

/// Whole huge pages that hold so many bytes, at least one.
static size_t in_huge_pages(int64_t bytes) {
  return ((size_t)bytes + (bytes == 0) + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

void *lacuna_file_memory(int64_t bytes) {
  if (bytes < 0 || bytes > INT64_MAX - 2 * HUGE_PAGE) return NULL;
  const size_t rounded = in_huge_pages(bytes);
  // Fresh from the system: the heap may hand out again what was given small pages before. A page
  // too many is mapped, and what lies around the aligned part given back.
  char *mapped = mmap(NULL, rounded + HUGE_PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return NULL;
  const size_t before = -(uintptr_t)mapped % HUGE_PAGE;
  char *memory = mapped + before;
  if (before > 0) munmap(mapped, before);
  munmap(memory + rounded, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
  // A wish: where the system refuses, the pages are small.
  (void)madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  // Touched, so that no page is made while a read is timed.
  memset(memory, 0, rounded);
#ifdef MADV_COLLAPSE
  // Makes huge what was touched while no huge page was free. Linux before 6.1 does not know it, and
  // memory in pieces may leave no room; reads into small pages are slower, but right.
  (void)madvise(memory, rounded, MADV_COLLAPSE);
#endif
  return memory;
}

void lacuna_file_memory_free(void *memory, int64_t bytes) {
  if (memory) munmap(memory, in_huge_pages(bytes));
}

lacuna_reader *lacuna_reader_create(int32_t file, lacuna_reading way, int32_t depth,
                                    int32_t *error) {
  *error = EINVAL;
  if (depth < 1 || depth > MOST_DEPTH) return NULL;
  lacuna_reader *reader = calloc(1, sizeof *reader);
  *error = ENOMEM;
  if (!reader) return NULL;
  reader->file = file;
  if (way != LACUNA_READ_THREADS) reader->ring = uring_create(depth, error);
  if (!reader->ring && way != LACUNA_READ_URING) {
    reader->pool = lacuna_pool_create(depth);
    *error = reader->pool ? 0 : ENOMEM;
  }
  if (reader->ring || reader->pool) return reader;
  free(reader);
  return NULL;
}

void lacuna_reader_destroy(lacuna_reader *reader) {
  if (!reader) return;
  uring_destroy(reader->ring);
  lacuna_pool_destroy(reader->pool);
  free(reader);
}

lacuna_reading lacuna_reader_way(const lacuna_reader *reader) {
  return reader->ring ? LACUNA_READ_URING : LACUNA_READ_THREADS;
}

static void read_one(void *context, int64_t task, int32_t worker) {
  (void)worker;
  batch *b = context;
  const lacuna_read *read = b->reads + task;
  int64_t so_far = 0;
  while (so_far < read->bytes && atomic_load_explicit(&b->status, memory_order_relaxed) == 0) {
    const ssize_t some = pread(b->file, (char *)read->to + so_far,
                               (size_t)(read->bytes - so_far), (off_t)(read->offset + so_far));
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) atomic_store(&b->status, some < 0 ? -errno : -EIO);
    if (some > 0) so_far += some;
  }
}

int32_t lacuna_reader_run(lacuna_reader *reader, const lacuna_read *reads, int64_t count,
                          lacuna_touched what, const int32_t *ids,
                          const lacuna_recorder *recorder) {
  if (ids) lacuna_touch(recorder, what, 0, ids, count);
  if (reader->ring) return uring_read(reader->ring, reader->file, reads, count);
  batch b = {.file = reader->file, .reads = reads};
  lacuna_pool_run(reader->pool, count, read_one, &b);
  return atomic_load(&b.status);
}
