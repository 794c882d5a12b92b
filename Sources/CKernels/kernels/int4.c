// Four-bit groups times a vector, all groups or those that were kept.
//
// sum of (least + scale q) x = scale * sum of q x + least * sum of x: the sums of x by group are
// made once, so that a weight costs a mask, a widening and an FMA. A task is 64 rows; rows go two
// at a time when all groups are there, because their groups then meet the same x.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <string.h>

#include "lacuna_quantised.h"

enum { ROWS_PER_TASK = 64 };

typedef struct product {
  const lacuna_int4 *w;
  /// x padded to whole groups, and its sum by group.
  float *x, *sums;
  float *y;
} product;

#define KERNEL_FILE "kernels/int4.c"
#include "levels.h"

static void run(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(int4_rows)(context, task * ROWS_PER_TASK);
}

int32_t lacuna_int4_gemv(lacuna_pool *pool, const lacuna_int4 *w, const float *x, float *y,
                         const lacuna_recorder *recorder) {
  const int64_t groups = lacuna_int4_groups_a_row(w), padded = groups * w->group;
  float *memory = lacuna_pool_shared(pool, (padded + groups) * (int64_t)sizeof(float));
  if (!memory) return LACUNA_NO_MEMORY;
  for (int64_t row = 0; recorder && w->starts && row < w->rows; row += 1)
    lacuna_touch(recorder, LACUNA_GROUPS, row, w->ids + w->starts[row],
                 w->starts[row + 1] - w->starts[row]);
  product p = {w, memory, memory + padded, y};
  memcpy(p.x, x, (size_t)w->columns * sizeof(float));
  memset(p.x + w->columns, 0, (size_t)(padded - w->columns) * sizeof(float));
  for (int64_t group = 0; group < groups; group += 1) {
    p.sums[group] = 0;
    for (int64_t c = 0; c < w->group; c += 1) p.sums[group] += p.x[group * w->group + c];
  }
  lacuna_pool_run(pool, (w->rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK, run, &p);
  return LACUNA_DONE;
}

static int64_t stored_group(const lacuna_int4 *w, int64_t row, int64_t at) {
  return w->starts ? w->ids[at] : at - row * lacuna_int4_groups_a_row(w);
}

static int64_t row_start(const lacuna_int4 *w, int64_t row) {
  return w->starts ? w->starts[row] : row * lacuna_int4_groups_a_row(w);
}

void lacuna_int4_pack(const float *dense, lacuna_int4 *to) {
  for (int64_t row = 0; row < to->rows; row += 1)
    for (int64_t at = row_start(to, row); at < row_start(to, row + 1); at += 1) {
      const int64_t first = stored_group(to, row, at) * to->group;
      const int64_t count =
        to->columns - first < to->group ? to->columns - first : to->group;
      const float *from = dense + row * to->columns + first;
      float least = from[0], most = from[0];
      for (int64_t c = 1; c < count; c += 1) {
        least = fminf(least, from[c]);
        most = fmaxf(most, from[c]);
      }
      const float scale = (most - least) / 15;
      to->scales[at] = scale;
      to->leasts[at] = least;
      uint8_t *bytes = to->packed + at * to->group / 2;
      memset(bytes, 0, (size_t)to->group / 2);
      for (int64_t c = 0; c < count; c += 1) {
        const int q = scale > 0 ? (int)lrintf((from[c] - least) / scale) : 0;
        bytes[c / 32 * 16 + c % 16] |= (uint8_t)((q > 15 ? 15 : q) << (c % 32 < 16 ? 0 : 4));
      }
    }
}

void lacuna_int4_unpack(const lacuna_int4 *w, float *dense) {
  memset(dense, 0, (size_t)(w->rows * w->columns) * sizeof *dense);
  for (int64_t row = 0; row < w->rows; row += 1)
    for (int64_t at = row_start(w, row); at < row_start(w, row + 1); at += 1) {
      const int64_t first = stored_group(w, row, at) * w->group;
      for (int64_t c = 0; c < w->group && first + c < w->columns; c += 1) {
        const uint8_t byte = w->packed[at * w->group / 2 + c / 32 * 16 + c % 16];
        const int q = c % 32 < 16 ? byte & 15 : byte >> 4;
        dense[row * w->columns + first + c] = w->leasts[at] + w->scales[at] * (float)q;
      }
    }
}

#else

/// The lanes' shares of sum of q x over one group.
INLINE vf LEVEL(group_dot)(const uint8_t *packed, const float *x, int64_t group) {
  vf low[16 / LANES] = {{0}}, high[16 / LANES] = {{0}};
  for (int64_t c = 0; c < group; c += 32, packed += 16, x += 32)
    for (int k = 0; k < 16 / LANES; k += 1) {
      const vub_at bytes = *(const vub_at *)(packed + k * LANES);
      low[k] += __builtin_convertvector(bytes & 15, vf) * load(x + k * LANES);
      high[k] += __builtin_convertvector(bytes >> 4, vf) * load(x + 16 + k * LANES);
    }
  vf total = low[0] + high[0];
  for (int k = 1; k < 16 / LANES; k += 1) total += low[k] + high[k];
  return total;
}

static void LEVEL(int4_rows)(const product *p, int64_t first) {
  const lacuna_int4 *w = p->w;
  const int64_t end = w->rows - first < ROWS_PER_TASK ? w->rows : first + ROWS_PER_TASK;
  const int64_t groups = lacuna_int4_groups_a_row(w), group = w->group;
  int64_t row = first;
  for (; !w->starts && row + 2 <= end; row += 2) {
    const int64_t one = row * groups, two = one + groups;
    vf totals[2] = {{0}};
    float least[2] = {0};
    for (int64_t g = 0; g < groups; g += 1) {
      const float *x = p->x + g * group;
      const int64_t a = one + g, b = two + g;
      totals[0] += LEVEL(group_dot)(w->packed + a * group / 2, x, group) * w->scales[a];
      totals[1] += LEVEL(group_dot)(w->packed + b * group / 2, x, group) * w->scales[b];
      least[0] += w->leasts[a] * p->sums[g];
      least[1] += w->leasts[b] * p->sums[g];
    }
    for (int k = 0; k < 2; k += 1) p->y[row + k] = sum(totals[k]) + least[k];
  }
  for (; row < end; row += 1) {
    const int64_t start = w->starts ? w->starts[row] : row * groups;
    const int64_t stop = w->starts ? w->starts[row + 1] : start + groups;
    vf total = {0};
    float least = 0;
    for (int64_t at = start; at < stop; at += 1) {
      const int64_t g = w->starts ? w->ids[at] : at - start;
      const float *x = p->x + g * group;
      total += LEVEL(group_dot)(w->packed + at * group / 2, x, group) * w->scales[at];
      least += w->leasts[at] * p->sums[g];
    }
    p->y[row] = sum(total) + least;
  }
}

#endif
