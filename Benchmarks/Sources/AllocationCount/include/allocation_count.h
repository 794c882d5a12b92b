#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdint.h>

/// Blocks that this process has asked of the allocator since it started, on all threads.
int64_t allocation_count(void);

#endif
