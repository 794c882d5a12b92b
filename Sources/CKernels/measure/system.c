// Clocks, and what the system says of itself.

#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "lacuna_measure.h"

static double seconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double lacuna_time_wall(void) { return seconds(CLOCK_MONOTONIC); }
double lacuna_time_busy(void) { return seconds(CLOCK_THREAD_CPUTIME_ID); }

int64_t lacuna_interruptions(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_nivcsw : 0;
}

/// The first line of a file below the first core's caches; empty where there is none.
static int line_of(int index, const char *name, char *line, int room) {
  char path[96];
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, name);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  const int found = fgets(line, room, file) != NULL;
  fclose(file);
  return found;
}

/// The index of the cache that holds data at a level, or -1.
static int index_of(int32_t level) {
  for (int index = 0; index < 8; index += 1) {
    char type[32], found[32];
    int at = 0;
    if (!line_of(index, "type", type, sizeof type) || !line_of(index, "level", found, sizeof found))
      return -1;
    if (type[0] != 'I' && sscanf(found, "%d", &at) == 1 && at == level) return index;
  }
  return -1;
}

int64_t lacuna_cache_bytes(int32_t level) {
  char text[32];
  long long size = 0;
  char unit = ' ';
  const int index = index_of(level);
  if (index < 0 || !line_of(index, "size", text, sizeof text)) return 0;
  if (sscanf(text, "%lld%c", &size, &unit) < 1 || size < 0 || size > 1 << 30) return 0;
  return unit == 'K' ? size << 10 : unit == 'M' ? size << 20 : size;
}

int32_t lacuna_cache_is_own(int32_t level) {
  char text[256];
  const int index = index_of(level);
  if (index < 0 || !line_of(index, "shared_cpu_list", text, sizeof text)) return 1;
  // One number and the end of the line; a range or a list names several cores.
  for (const char *at = text; *at && *at != '\n'; at += 1)
    if (*at == '-' || *at == ',') return 0;
  return 1;
}

int32_t lacuna_core_count(void) {
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : count > 1024 ? 1024 : (int32_t)count;
}

int64_t lacuna_memory_bytes(void) {
  const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? (int64_t)pages * size : 0;
}

enum { PAGE = 1 << 21 };

void *lacuna_measure_memory(int64_t bytes) {
  if (bytes < 1 || bytes > (int64_t)1 << 40) return NULL;
  void *memory = aligned_alloc(PAGE, ((size_t)bytes + PAGE - 1) / PAGE * PAGE);
  if (memory) memset(memory, 0, (size_t)bytes);
  return memory;
}

void lacuna_measure_free(void *memory) { free(memory); }

void lacuna_measure_clear(void *memory, int64_t bytes) { memset(memory, 0, (size_t)bytes); }
