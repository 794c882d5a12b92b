#ifndef LACUNA_ATTENTION_H
#define LACUNA_ATTENTION_H

#include "lacuna_pool.h"
#include "lacuna_recorder.h"

/// Decode attention in fp32: one query against what is cached, whole or by pages.
///
/// For a query head: out = sum over tokens t of softmax_t(q . k_t / sqrt(width)) v_t.
/// `group` query heads share a KV head: query head h reads KV head h / group. Queries and outputs
/// are [KV head][group][width].

/// Keys and values, each [KV head][capacity][width], of which the first `tokens` count.
typedef struct lacuna_kv {
  const float *keys, *values;
  int64_t tokens;
  int64_t capacity;
  int64_t heads;
  int64_t width;
} lacuna_kv;

/// Page lists: KV head h reads the pages ids[starts[h]] ..< ids[starts[h + 1]], each id below the
/// count of pages and none twice. A page is `page` tokens; the last may be shorter.
typedef struct lacuna_page_lists {
  int64_t page;
  const int64_t *starts;
  const int32_t *ids;
} lacuna_page_lists;

static inline int64_t lacuna_page_count(const lacuna_kv *kv, int64_t page) {
  return (kv->tokens + page - 1) / page;
}

int32_t lacuna_attention_dense(lacuna_pool *pool, const lacuna_kv *kv, int64_t group,
                               const float *queries, float *out);

/// Reads only the listed pages. A head without pages gives zeros. Touches LACUNA_PAGES, one list a
/// KV head.
int32_t lacuna_attention_pages(lacuna_pool *pool, const lacuna_kv *kv,
                               const lacuna_page_lists *pages, int64_t group,
                               const float *queries, float *out, const lacuna_recorder *recorder);

/// As pages; NULL pages stand for all tokens.
void lacuna_attention_reference(const lacuna_kv *kv, const lacuna_page_lists *pages,
                                int64_t group, const float *queries, float *out);

/// What a page is scored by.
typedef enum lacuna_summary {
  /// The mean of its keys: [KV head][page][width]; score q . mean.
  LACUNA_MEANS = 0,
  /// Least and greatest of each key channel: [KV head][page][2][width]; score the greatest that q
  /// can have with a key inside: sum over c of max(q_c least_c, q_c greatest_c).
  /// *Source*: Quest, arXiv 2406.10774, section 3.3.
  LACUNA_BOUNDS = 1,
} lacuna_summary;

/// Floats that a summary of all pages takes when the cache is full.
static inline int64_t lacuna_summary_floats(const lacuna_kv *kv, int64_t page,
                                            lacuna_summary kind) {
  return kv->heads * ((kv->capacity + page - 1) / page) * kv->width *
         (kind == LACUNA_BOUNDS ? 2 : 1);
}

/// Summarises the pages from the one that holds token `first` on; heads are laid out for the full
/// cache. Call after appending tokens.
void lacuna_summarise_pages(const lacuna_kv *kv, int64_t page, lacuna_summary kind,
                            int64_t first, float *summary);

/// mass[KV head][pages that hold tokens]: softmax over pages of score / sqrt(width), meant over
/// the query heads of the group.
int32_t lacuna_page_mass(lacuna_pool *pool, const lacuna_kv *kv, int64_t page,
                         lacuna_summary kind, const float *summary, int64_t group,
                         const float *queries, float *mass);
void lacuna_page_mass_reference(const lacuna_kv *kv, int64_t page, lacuna_summary kind,
                                int64_t group, const float *queries, float *mass);

#endif
