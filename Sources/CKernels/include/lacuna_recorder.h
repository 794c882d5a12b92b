#ifndef LACUNA_RECORDER_H
#define LACUNA_RECORDER_H

#include <stdint.h>

/// What a kernel touched.
typedef enum lacuna_touched {
  LACUNA_PAGES = 0,
  LACUNA_NEURONS = 1,
  LACUNA_EXPERTS = 2,
  LACUNA_BLOCKS = 3,
  LACUNA_TOKENS = 4,
  LACUNA_ROWS = 5,
  LACUNA_NODES = 6,
  LACUNA_GROUPS = 7,
  LACUNA_COLUMNS = 8,
  LACUNA_KEY_CHANNELS = 9,
  LACUNA_VALUE_CHANNELS = 10,
  LACUNA_DIAGONALS = 11,
} lacuna_touched;

/// A trace hook: kernels name through it the pages, neurons, experts, blocks, tokens, rows,
/// nodes, columns, groups of columns, channels and diagonals that they read.
///
/// It is called on the calling thread, in a fixed order, outside of inner loops: once for each list
/// of ids that a kernel works through. `group` is the list's place in the kernel (a KV head, a
/// token, a block of queries). A NULL recorder costs one comparison a list, or one a call.
typedef struct lacuna_recorder {
  void *context;
  void (*touch)(void *context, lacuna_touched what, int64_t group, const int32_t *ids,
                int64_t count);
} lacuna_recorder;

static inline void lacuna_touch(const lacuna_recorder *recorder, lacuna_touched what,
                                int64_t group, const int32_t *ids, int64_t count) {
  if (recorder) recorder->touch(recorder->context, what, group, ids, count);
}

#endif
