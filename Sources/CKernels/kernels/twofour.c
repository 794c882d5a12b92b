// 2:4 matrix-vector and matrix-matrix products.
//
// Vector: lanes are rows. For a group of four columns, all rows choose from the same x0 ... x3: two
// bits of code, shifted through the sign bit, steer three blends. Two values and half a byte of
// code are read for four columns, so at memory speed the bound is 16 / 8.5. The 16 rows of a
// block are 16 / LANES registers; a task is 4 blocks, two at a time.
//
// Matrix: a block's rows are unpacked to (value, column) lists for a slab of 128 columns, so that
// its panel of B stays in L1, then multiplied row by row.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lacuna_structured.h"
#include "panels.h"

enum {
  TOGETHER = LACUNA_ROWS_TOGETHER,
  A_WORD = LACUNA_GROUPS_A_WORD,
  BLOCKS_PER_TASK = 8,
  WORDS_A_SLAB = 2,
};

typedef struct product {
  const lacuna_two_four *w;
  const float *x, *b;
  float *y, *c;
  int64_t n, words, panel;
} product;

static inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

#define KERNEL_FILE "kernels/twofour.c"
#include "levels.h"

static void rows(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(two_four_rows)(context, task);
}

static void blocks(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(two_four_blocks)(context, task);
}

/// Names the columns that each row keeps; what pads a row stands for none.
static int32_t name_columns(const lacuna_two_four *w, const lacuna_recorder *recorder) {
  const int64_t words = lacuna_two_four_words(w->columns);
  int32_t *ids = malloc((size_t)(words * A_WORD * 2) * sizeof *ids);
  if (!ids) return LACUNA_NO_MEMORY;
  for (int64_t row = 0; row < w->rows; row += 1) {
    const uint32_t *code = w->codes + row / TOGETHER * words * TOGETHER + row % TOGETHER;
    int64_t count = 0;
    for (int64_t group = 0; 4 * group < w->columns; group += 1) {
      const uint32_t bits = code[group / A_WORD * TOGETHER] >> (28 - group % A_WORD * 4);
      // Packed by size, named in order.
      const uint32_t first = bits >> 2 & 3, second = bits & 3;
      const int64_t pair[2] = {4 * group + (first < second ? first : second),
                               4 * group + (first < second ? second : first)};
      for (int k = 0; k < 2; k += 1) {
        if (pair[k] < w->columns) ids[count++] = (int32_t)pair[k];
      }
    }
    lacuna_touch(recorder, LACUNA_COLUMNS, row, ids, count);
  }
  free(ids);
  return LACUNA_DONE;
}

int32_t lacuna_two_four_gemv(lacuna_pool *pool, const lacuna_two_four *w, const float *x,
                             float *y, const lacuna_recorder *recorder) {
  if (recorder && name_columns(w, recorder) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  const int64_t words = lacuna_two_four_words(w->columns);
  // x with zeros up to whole words.
  const int64_t padded = words * A_WORD * 4;
  float *copy = lacuna_pool_shared(pool, padded * (int64_t)sizeof(float));
  if (!copy) return LACUNA_NO_MEMORY;
  memcpy(copy, x, (size_t)w->columns * sizeof(float));
  memset(copy + w->columns, 0, (size_t)(padded - w->columns) * sizeof(float));
  product p = {.w = w, .x = copy, .y = y, .words = words};
  const int64_t all = lacuna_row_blocks(w->rows);
  lacuna_pool_run(pool, (all + BLOCKS_PER_TASK - 1) / BLOCKS_PER_TASK, rows, &p);
  return LACUNA_DONE;
}

int32_t lacuna_two_four_gemm(lacuna_pool *pool, const lacuna_two_four *w, const float *b,
                             float *c, int64_t n, const lacuna_recorder *recorder) {
  if (recorder && name_columns(w, recorder) != LACUNA_DONE) return LACUNA_NO_MEMORY;
  const float *panels = pack_panels(pool, b, w->columns, n);
  if (!panels) return LACUNA_NO_MEMORY;
  product p = {.w = w, .b = panels, .c = c, .n = n, .words = lacuna_two_four_words(w->columns)};
  const int64_t all = lacuna_row_blocks(w->rows);
  lacuna_pool_run(pool, (all + BLOCKS_PER_TASK - 1) / BLOCKS_PER_TASK, blocks, &p);
  return LACUNA_DONE;
}

void lacuna_two_four_pack(const float *dense, lacuna_two_four *to) {
  const int64_t words = lacuna_two_four_words(to->columns);
  memset(to->values, 0, (size_t)lacuna_two_four_values(to->rows, to->columns) * sizeof(float));
  memset(to->codes, 0, (size_t)lacuna_two_four_codes(to->rows, to->columns) * sizeof(uint32_t));
  for (int64_t row = 0; row < to->rows; row += 1) {
    const int64_t block = row / TOGETHER, lane = row % TOGETHER;
    for (int64_t group = 0; 4 * group < to->columns; group += 1) {
      const float *four = dense + row * to->columns + 4 * group;
      const int64_t there = lesser(to->columns - 4 * group, 4);
      int first = 0, second = 1;
      for (int place = 0; place < there; place += 1) {
        int greater = 0;
        for (int other = 0; other < there; other += 1)
          greater += fabsf(four[other]) > fabsf(four[place]) ||
                     (fabsf(four[other]) == fabsf(four[place]) && other < place);
        if (greater == 0) first = place;
        if (greater == 1) second = place;
      }
      float *value = to->values + ((block * words * A_WORD + group) * 2) * TOGETHER + lane;
      if (first < there) value[0] = four[first];
      if (second < there) value[TOGETHER] = four[second];
      const uint32_t code = (uint32_t)(first << 2 | second);
      to->codes[(block * words + group / A_WORD) * TOGETHER + lane] |=
        code << (28 - group % A_WORD * 4);
    }
  }
}

#else

#include "rowproduct.h"

#undef SETS
#define SETS (TOGETHER / LANES)

/// a where the sign bit of the mask is set, else b.
INLINE vf LEVEL(either)(vu mask, vf a, vf b) {
  const vi all = (vi)mask >> 31;
  return (vf)(((vi)a & all) | ((vi)b & ~all));
}

/// Of x[0 ... 3] the one that the two highest bits of each lane name; the bits are shifted out.
INLINE vf LEVEL(chosen)(vu *code, vf x0, vf x1, vf x2, vf x3) {
  const vu high = *code, low = high + high;
  *code = low + low;
  return LEVEL(either)(high, LEVEL(either)(low, x3, x2), LEVEL(either)(low, x1, x0));
}

/// Two blocks at once: two streams, and each input is spread over the lanes once for both.
static void LEVEL(two_four_pair)(const product *p, int64_t block, int64_t other, float *y) {
  const float *value[2] = {p->w->values + block * p->words * A_WORD * 2 * TOGETHER,
                           p->w->values + other * p->words * A_WORD * 2 * TOGETHER};
  const uint32_t *code[2] = {p->w->codes + block * p->words * TOGETHER,
                             p->w->codes + other * p->words * TOGETHER};
  vf total[2][SETS] = {{{0}}};
  const float *x = p->x;
  for (int64_t word = 0; word < p->words; word += 1) {
    vu codes[2][SETS];
    for (int k = 0; k < 2; k += 1)
      for (int set = 0; set < SETS; set += 1)
        codes[k][set] = *(const vu_at *)(code[k] + word * TOGETHER + set * LANES);
    for (int group = 0; group < A_WORD; group += 1, x += 4) {
      const vf x0 = spread(x[0]), x1 = spread(x[1]), x2 = spread(x[2]), x3 = spread(x[3]);
      for (int k = 0; k < 2; k += 1, value[k - 1] += 2 * TOGETHER)
        for (int set = 0; set < SETS; set += 1) {
          const float *v = value[k] + set * LANES;
          total[k][set] += load(v) * LEVEL(chosen)(&codes[k][set], x0, x1, x2, x3);
          total[k][set] += load(v + TOGETHER) * LEVEL(chosen)(&codes[k][set], x0, x1, x2, x3);
        }
    }
  }
  for (int k = 0; k < 2; k += 1)
    for (int set = 0; set < SETS; set += 1) store(y + k * TOGETHER + set * LANES, total[k][set]);
}

static void LEVEL(two_four_rows)(const product *p, int64_t task) {
  const int64_t blocks = lacuna_row_blocks(p->w->rows), first = task * BLOCKS_PER_TASK;
  const int64_t end = lesser(first + BLOCKS_PER_TASK, blocks);
  for (int64_t block = first; block < end; block += 2) {
    float y[2 * TOGETHER];
    LEVEL(two_four_pair)(p, block, lesser(block + 1, end - 1), y);
    memcpy(p->y + block * TOGETHER, y,
           (size_t)lesser(lesser(end, block + 2) * TOGETHER, p->w->rows) * sizeof(float) -
             (size_t)(block * TOGETHER) * sizeof(float));
  }
}

static void LEVEL(two_four_blocks)(const product *p, int64_t task) {
  enum { KEPT = WORDS_A_SLAB * A_WORD * 2, ROWS = BLOCKS_PER_TASK * TOGETHER };
  const int64_t first = task * BLOCKS_PER_TASK;
  const int64_t rows = lesser(p->w->rows - first * TOGETHER, ROWS);
  float value[ROWS][KEPT];
  int32_t id[ROWS][KEPT];
  for (int64_t word = 0; word < p->words; word += WORDS_A_SLAB) {
    const int64_t words = lesser(p->words - word, WORDS_A_SLAB), kept = words * A_WORD * 2;
    for (int64_t row = 0; row < rows; row += 1) {
      const int64_t block = first + row / TOGETHER, lane = row % TOGETHER;
      const uint32_t *code = p->w->codes + (block * p->words + word) * TOGETHER + lane;
      const float *from = p->w->values + (block * p->words + word) * A_WORD * 2 * TOGETHER + lane;
      for (int64_t at = 0; at < kept; at += 1) {
        const uint32_t bits =
          code[at / (2 * A_WORD) * TOGETHER] >> (30 - at % (2 * A_WORD) * 2);
        const int64_t column = (word * A_WORD + at / 2) * 4 + (bits & 3);
        value[row][at] = from[at * TOGETHER];
        // Columns that only pad hold zeros; they read the last one there is.
        id[row][at] = (int32_t)lesser(column, p->w->columns - 1);
      }
    }
    for (int64_t j = 0; j < p->n; j += PANEL) {
      const int64_t stride = panel_stride(p->n, j, PANEL);
      for (int64_t row = 0; row < rows; row += 1)
        row_product(value[row], id[row], kept, p->b + j * p->w->columns, stride,
                    p->c + (first * TOGETHER + row) * p->n + j, lesser(p->n - j, stride),
                    word > 0);
    }
  }
}

#endif
