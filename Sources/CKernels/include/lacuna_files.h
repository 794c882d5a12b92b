#ifndef LACUNA_FILES_H
#define LACUNA_FILES_H

#include <stdint.h>

#include "lacuna_recorder.h"

/// Reads of many pieces of a file at once: neuron bundles, pages, experts.

typedef struct lacuna_reader lacuna_reader;

typedef enum lacuna_reading {
  /// io_uring where the system has it, threads elsewhere.
  LACUNA_READ_BEST = 0,
  /// One blocking read a thread.
  LACUNA_READ_THREADS = 1,
  /// io_uring, by system calls.
  LACUNA_READ_URING = 2,
} lacuna_reading;

typedef struct lacuna_read {
  int64_t offset, bytes;
  void *to;
} lacuna_read;

/// Opens a file for reading; a descriptor, or minus the error number. With `direct` reads bypass
/// the page cache, or the call fails where the file system cannot: offsets, sizes and addresses
/// must then be multiples of LACUNA_DIRECT_ALIGNMENT.
int32_t lacuna_file_open(const char *path, int32_t direct);
void lacuna_file_close(int32_t file);
/// Turns bypassing of the page cache on or off for an open file; 0 or minus the error number.
int32_t lacuna_file_direct(int32_t file, int32_t direct);

enum { LACUNA_DIRECT_ALIGNMENT = 4096 };

/// Memory to read into past the page cache, in huge pages where the system has them: a piece is then
/// one run of physical memory for the disk, where pages of 4 KiB lie anywhere and each is a segment
/// of its own. All zero, and its own pages, never of the heap. NULL where memory cannot be had.
void *lacuna_file_memory(int64_t bytes);
/// With the size that was asked for.
void lacuna_file_memory_free(void *memory, int64_t bytes);

/// A reader with up to `depth` reads (1 to 1024) under way at once. The file stays the caller's.
/// NULL, with the error number in `error`, where the way of reading or memory cannot be had.
lacuna_reader *lacuna_reader_create(int32_t file, lacuna_reading way, int32_t depth,
                                    int32_t *error);
void lacuna_reader_destroy(lacuna_reader *reader);
/// The way that LACUNA_READ_BEST chose.
lacuna_reading lacuna_reader_way(const lacuna_reader *reader);

/// Carries out all reads, in no order; 0, or minus the error number of one that failed (EIO where
/// the file ends early). Touches `what` with `ids`, one id a read, when both are given.
int32_t lacuna_reader_run(lacuna_reader *reader, const lacuna_read *reads, int64_t count,
                          lacuna_touched what, const int32_t *ids,
                          const lacuna_recorder *recorder);

#endif
