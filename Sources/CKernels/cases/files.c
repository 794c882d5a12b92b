#define _GNU_SOURCE

#include "lacuna_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case.h"
#include "kernels.h"

enum { WHOLE_READ = 1 << 20 };

typedef struct reading {
  int32_t file;
  lacuna_reader *reader;
  lacuna_read *pieces, *whole;
  int32_t *ids;
  int64_t piece_count, whole_count, chunk, bytes;
  char *buffer;
} reading;

/// A file without a name, in TMPDIR or /tmp; a descriptor or -1.
static int nameless(void) {
  const char *folder = getenv("TMPDIR");
  char path[4096];
  const int length = snprintf(path, sizeof path, "%s/lacuna-XXXXXX", folder ? folder : "/tmp");
  if (length < 0 || length >= (int)sizeof path) return -1;
  const int file = mkstemp(path);
  if (file >= 0) unlink(path);
  return file;
}

static int write_all(int file, const char *from, int64_t bytes) {
  while (bytes > 0) {
    const ssize_t some = write(file, from, (size_t)(bytes < WHOLE_READ ? bytes : WHOLE_READ));
    if (some <= 0) return -1;
    from += some;
    bytes -= some;
  }
  return fsync(file);
}

/// sizes: pieces in the file, floats a piece, 1 through the page cache or 2 past it, queue depth.
static void build(lacuna_case *made, lacuna_reading way) {
  reading *own = made->own = CASE_ARRAY(made, reading, 1);
  if (!own) return;
  const int64_t chunks = made->shape.size[0], floats = made->shape.size[1];
  own->file = -1;
  own->chunk = floats * (int64_t)sizeof(float);
  own->bytes = chunks * own->chunk;
  own->piece_count = case_kept(made, chunks);
  own->ids = case_subset(made, chunks, own->piece_count);
  own->whole_count = (own->bytes + WHOLE_READ - 1) / WHOLE_READ;
  own->pieces = CASE_ARRAY(made, lacuna_read, own->piece_count);
  own->whole = CASE_ARRAY(made, lacuna_read, own->whole_count);
  // Alignment for reads past the page cache.
  char *memory = case_memory(made, own->bytes + LACUNA_DIRECT_ALIGNMENT, 1);
  float *content = case_floats(made, chunks * floats);
  case_outputs(made, chunks * floats);
  if (made->failed) return;
  own->buffer = memory + (LACUNA_DIRECT_ALIGNMENT - (uintptr_t)memory % LACUNA_DIRECT_ALIGNMENT);
  for (int64_t at = 0; at < own->piece_count; at += 1) {
    const int64_t offset = own->ids[at] * own->chunk;
    own->pieces[at] = (lacuna_read){offset, own->chunk, own->buffer + offset};
  }
  for (int64_t at = 0; at < own->whole_count; at += 1) {
    const int64_t offset = at * WHOLE_READ, left = own->bytes - offset;
    own->whole[at] =
      (lacuna_read){offset, left < WHOLE_READ ? left : WHOLE_READ, own->buffer + offset};
  }
  int32_t error = 0;
  own->file = nameless();
  if (own->file >= 0 && write_all(own->file, (const char *)content, own->bytes) == 0 &&
      lacuna_file_direct(own->file, made->shape.size[2] == 2) == 0)
    own->reader = lacuna_reader_create(own->file, way, (int32_t)made->shape.size[3], &error);
  made->failed = !own->reader;
}

static void build_best(lacuna_case *made) { build(made, LACUNA_READ_BEST); }
static void build_threads(lacuna_case *made) { build(made, LACUNA_READ_THREADS); }

static void release(lacuna_case *made) {
  reading *own = made->own;
  if (!own) return;
  lacuna_reader_destroy(own->reader);
  if (own->file >= 0) close(own->file);
}

static int32_t run(lacuna_case *made, lacuna_variant variant, lacuna_pool *pool,
                   const lacuna_recorder *recorder) {
  (void)pool;
  const reading *own = made->own;
  int32_t status = 0;
  if (variant == LACUNA_DENSE)
    status = lacuna_reader_run(own->reader, own->whole, own->whole_count, LACUNA_NEURONS, NULL,
                               NULL);
  else if (variant == LACUNA_SPARSE)
    status = lacuna_reader_run(own->reader, own->pieces, own->piece_count, LACUNA_NEURONS,
                               own->ids, recorder);
  else
    for (int64_t at = 0; at < own->piece_count; at += 1)
      if (pread(own->file, own->pieces[at].to, (size_t)own->chunk, own->pieces[at].offset) !=
          own->chunk)
        status = -1;
  if (status != 0) return LACUNA_NO_MEMORY;
  // Copied only where it is small: to be compared, not to be timed.
  if (made->output_count > 1 << 20) return LACUNA_DONE;
  memcpy(made->output[variant], own->buffer, (size_t)own->bytes);
  memset(own->buffer, 0, (size_t)own->bytes);
  return LACUNA_DONE;
}

static lacuna_work work(const lacuna_case *made, lacuna_variant variant) {
  const reading *own = made->own;
  return (lacuna_work){
    0, variant == LACUNA_SPARSE ? (double)(own->piece_count * own->chunk) : (double)own->bytes};
}

static int direct_works(void) {
  const int file = nameless();
  const int works = file >= 0 && lacuna_file_direct(file, 1) == 0;
  if (file >= 0) close(file);
  return works;
}

static lacuna_shape ragged(uint64_t seed) {
  const int direct = ragged_size(&seed, 0, 1) == 1 && direct_works();
  const int64_t floats = direct ? 1024 * ragged_size(&seed, 1, 3) : ragged_size(&seed, 1, 700);
  return (lacuna_shape){
    {ragged_size(&seed, 1, 60), floats, direct ? 2 : 1, ragged_size(&seed, 1, 9)},
    ragged_density(&seed), 0};
}

#define SIZES {"pieces", "floats a piece", "cache (1) or direct (2)", "queue depth"}

const lacuna_kernel kernel_read = {
  .name = "file-read", .what = "pieces of a file, through io_uring where there", .sizes = SIZES,
  .typical = {{4096, 8192, 2, 32}, 0.1, 1}, .tolerance = 1e-5, .ragged = ragged,
  .build = build_best, .run = run, .work = work, .release = release,
};

const lacuna_kernel kernel_read_threads = {
  .name = "file-read-threads", .what = "pieces of a file, by threads", .sizes = SIZES,
  .typical = {{4096, 8192, 2, 32}, 0.1, 1}, .tolerance = 1e-5, .ragged = ragged,
  .build = build_threads, .run = run, .work = work, .release = release,
};
