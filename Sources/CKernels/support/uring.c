#include "uring.h"

#include <errno.h>
#include <stddef.h>

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/io_uring.h>)
#define HAS_URING 1
#endif
#endif

#ifdef HAS_URING

#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct uring {
  int descriptor;
  uint32_t depth;
  void *rings, *completions;
  size_t ring_bytes, completion_bytes, entry_bytes;
  struct io_uring_sqe *entries;
  uint32_t *submit_tail, *submit_mask, *submit_array;
  uint32_t *done_head, *done_tail, *done_mask;
  struct io_uring_cqe *done;
  /// Bytes read so far of each read under way, and the places that are free.
  int64_t *read_so_far, *which;
  uint32_t *free_places;
};

static void *map(const uring *ring, size_t bytes, uint64_t what) {
  void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                     ring->descriptor, (off_t)what);
  return start == MAP_FAILED ? NULL : start;
}

uring *uring_create(int32_t depth, int32_t *error) {
  struct io_uring_params p = {0};
  const long descriptor = syscall(SYS_io_uring_setup, (unsigned)depth, &p);
  if (descriptor < 0) {
    *error = errno;
    return NULL;
  }
  uring *ring = calloc(1, sizeof *ring);
  *error = ENOMEM;
  if (!ring) {
    close((int)descriptor);
    return NULL;
  }
  ring->descriptor = (int)descriptor;
  ring->depth = (uint32_t)depth;
  ring->ring_bytes = p.sq_off.array + p.sq_entries * sizeof(uint32_t);
  ring->completion_bytes = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
  ring->entry_bytes = p.sq_entries * sizeof(struct io_uring_sqe);
  ring->rings = map(ring, ring->ring_bytes, IORING_OFF_SQ_RING);
  ring->completions = map(ring, ring->completion_bytes, IORING_OFF_CQ_RING);
  ring->entries = map(ring, ring->entry_bytes, IORING_OFF_SQES);
  ring->read_so_far = calloc((size_t)depth, sizeof *ring->read_so_far);
  ring->which = calloc((size_t)depth, sizeof *ring->which);
  ring->free_places = calloc((size_t)depth, sizeof *ring->free_places);
  if (!ring->rings || !ring->completions || !ring->entries || !ring->read_so_far ||
      !ring->which || !ring->free_places) {
    uring_destroy(ring);
    return NULL;
  }
  char *submit = ring->rings, *done = ring->completions;
  ring->submit_tail = (uint32_t *)(void *)(submit + p.sq_off.tail);
  ring->submit_mask = (uint32_t *)(void *)(submit + p.sq_off.ring_mask);
  ring->submit_array = (uint32_t *)(void *)(submit + p.sq_off.array);
  ring->done_head = (uint32_t *)(void *)(done + p.cq_off.head);
  ring->done_tail = (uint32_t *)(void *)(done + p.cq_off.tail);
  ring->done_mask = (uint32_t *)(void *)(done + p.cq_off.ring_mask);
  ring->done = (struct io_uring_cqe *)(void *)(done + p.cq_off.cqes);
  *error = 0;
  return ring;
}

void uring_destroy(uring *ring) {
  if (!ring) return;
  if (ring->entries) munmap(ring->entries, ring->entry_bytes);
  if (ring->completions) munmap(ring->completions, ring->completion_bytes);
  if (ring->rings) munmap(ring->rings, ring->ring_bytes);
  close(ring->descriptor);
  free(ring->read_so_far);
  free(ring->which);
  free(ring->free_places);
  free(ring);
}

/// Puts what is left of the read at a place into the submission queue.
static void submit(uring *ring, int32_t file, const lacuna_read *read, uint32_t place) {
  const uint32_t tail = *ring->submit_tail, slot = tail & *ring->submit_mask;
  struct io_uring_sqe *entry = ring->entries + slot;
  const int64_t so_far = ring->read_so_far[place], left = read->bytes - so_far;
  memset(entry, 0, sizeof *entry);
  entry->opcode = IORING_OP_READ;
  entry->fd = file;
  entry->addr = (uint64_t)(uintptr_t)((char *)read->to + so_far);
  entry->len = left > 1 << 30 ? 1u << 30 : (uint32_t)left;
  entry->off = (uint64_t)(read->offset + so_far);
  entry->user_data = place;
  ring->submit_array[slot] = slot;
  __atomic_store_n(ring->submit_tail, tail + 1, __ATOMIC_RELEASE);
}

int32_t uring_read(uring *ring, int32_t file, const lacuna_read *reads, int64_t count) {
  uint32_t free_count = ring->depth, queued = 0;
  for (uint32_t place = 0; place < ring->depth; place += 1) ring->free_places[place] = place;
  int64_t next = 0;
  int32_t status = 0;
  while (next < count || free_count < ring->depth) {
    while (status == 0 && next < count && free_count > 0) {
      const uint32_t place = ring->free_places[--free_count];
      ring->read_so_far[place] = 0;
      ring->which[place] = next;
      submit(ring, file, reads + next, place);
      queued += 1;
      next += 1;
    }
    // After an error nothing new begins, but what is under way must end: it writes to memory.
    if (status != 0 && free_count == ring->depth) break;
    const long taken = syscall(SYS_io_uring_enter, ring->descriptor, queued, 1,
                               IORING_ENTER_GETEVENTS, NULL, (size_t)0);
    if (taken < 0 && errno != EINTR && errno != EAGAIN && errno != EBUSY) return -errno;
    if (taken > 0) queued -= (uint32_t)taken;
    uint32_t head = *ring->done_head;
    const uint32_t tail = __atomic_load_n(ring->done_tail, __ATOMIC_ACQUIRE);
    for (; head != tail; head += 1) {
      const struct io_uring_cqe *done = ring->done + (head & *ring->done_mask);
      const uint32_t place = (uint32_t)done->user_data;
      const lacuna_read *read = reads + ring->which[place];
      const int again = done->res == -EINTR || done->res == -EAGAIN;
      if (done->res > 0) ring->read_so_far[place] += done->res;
      if (done->res < 0 && !again) status = done->res;
      // The file ends before the read does.
      if (done->res == 0 && ring->read_so_far[place] < read->bytes) status = -EIO;
      if (status == 0 && ring->read_so_far[place] < read->bytes) {
        submit(ring, file, read, place);
        queued += 1;
      } else {
        ring->free_places[free_count++] = place;
      }
    }
    __atomic_store_n(ring->done_head, head, __ATOMIC_RELEASE);
  }
  return status;
}

#else

uring *uring_create(int32_t depth, int32_t *error) {
  (void)depth;
  *error = ENOSYS;
  return NULL;
}

void uring_destroy(uring *ring) { (void)ring; }

int32_t uring_read(uring *ring, int32_t file, const lacuna_read *reads, int64_t count) {
  (void)ring, (void)file, (void)reads, (void)count;
  return -ENOSYS;
}

#endif
