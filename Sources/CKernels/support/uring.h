#ifndef LACUNA_URING_H
#define LACUNA_URING_H

#include "lacuna_files.h"

/// Reads through io_uring, by system calls alone.
typedef struct uring uring;

/// NULL, with the error number, where the system has no io_uring or refuses it.
uring *uring_create(int32_t depth, int32_t *error);
void uring_destroy(uring *ring);
/// 0 or minus the error number; returns when nothing is under way any more.
int32_t uring_read(uring *ring, int32_t file, const lacuna_read *reads, int64_t count);

#endif
