// Scores of pages by their summaries: the cheap look that page selection takes before it reads.
//
// A task is a KV head and 256 of its pages; the softmax over pages follows, a task a KV head.

#ifndef KERNEL_LEVEL

#include <math.h>
#include <string.h>

#include "lacuna_attention.h"

enum { PAGES_PER_TASK = 256 };

typedef struct scoring {
  const lacuna_kv *kv;
  int64_t pages, page_stride, chunks;
  lacuna_summary kind;
  const float *summary, *queries;
  int64_t group;
  /// [KV head][group][pages]
  float *scores;
  float *mass;
} scoring;

#define KERNEL_FILE "kernels/pages.c"
#include "levels.h"

static void score(void *context, int64_t task, int32_t worker) {
  (void)worker;
  AT_LEVEL(page_scores)(context, task);
}

static void weigh(void *context, int64_t head, int32_t worker) {
  (void)worker;
  AT_LEVEL(page_weights)(context, head);
}

int32_t lacuna_page_mass(lacuna_pool *pool, const lacuna_kv *kv, int64_t page,
                         lacuna_summary kind, const float *summary, int64_t group,
                         const float *queries, float *mass) {
  scoring s = {
    .kv = kv, .pages = lacuna_page_count(kv, page), .kind = kind, .summary = summary,
    .page_stride = (kv->capacity + page - 1) / page, .queries = queries, .group = group,
    .mass = mass,
  };
  s.chunks = (s.pages + PAGES_PER_TASK - 1) / PAGES_PER_TASK;
  s.scores = lacuna_pool_shared(pool, kv->heads * group * s.pages * (int64_t)sizeof(float));
  if (!s.scores) return LACUNA_NO_MEMORY;
  lacuna_pool_run(pool, kv->heads * s.chunks, score, &s);
  lacuna_pool_run(pool, kv->heads, weigh, &s);
  return LACUNA_DONE;
}

static void summarise(const float *keys, int64_t tokens, int64_t width, lacuna_summary kind,
                      float *to) {
  for (int64_t c = 0; c < width; c += 1) {
    float least = keys[c], greatest = keys[c], total = 0;
    for (int64_t t = 0; t < tokens; t += 1) {
      const float key = keys[t * width + c];
      least = key < least ? key : least;
      greatest = key > greatest ? key : greatest;
      total += key;
    }
    to[c] = kind == LACUNA_BOUNDS ? least : total / (float)tokens;
    if (kind == LACUNA_BOUNDS) to[width + c] = greatest;
  }
}

void lacuna_summarise_pages(const lacuna_kv *kv, int64_t page, lacuna_summary kind,
                            int64_t first, float *summary) {
  const int64_t stride = (kv->capacity + page - 1) / page, width = kv->width;
  const int64_t floats = width * (kind == LACUNA_BOUNDS ? 2 : 1);
  for (int64_t head = 0; head < kv->heads; head += 1)
    for (int64_t at = first / page; at < lacuna_page_count(kv, page); at += 1) {
      const int64_t rest = kv->tokens - at * page;
      summarise(kv->keys + (head * kv->capacity + at * page) * width, rest < page ? rest : page,
                width, kind, summary + (head * stride + at) * floats);
    }
}

#else

#include "softmax.h"

INLINE float LEVEL(bound)(const float *query, const float *least, const float *most,
                          int64_t width) {
  vf total = {0};
  int64_t c = 0;
  for (; c + LANES <= width; c += LANES) {
    const vf q = load(query + c);
    total += maximum(q * load(least + c), q * load(most + c));
  }
  float s = sum(total);
  for (; c < width; c += 1) s += fmaxf(query[c] * least[c], query[c] * most[c]);
  return s;
}

static void LEVEL(page_scores)(const scoring *s, int64_t task) {
  const int64_t head = task / s->chunks, width = s->kv->width;
  const int64_t first = task % s->chunks * PAGES_PER_TASK;
  const int64_t end = s->pages - first < PAGES_PER_TASK ? s->pages : first + PAGES_PER_TASK;
  const float scale = 1 / sqrtf((float)width);
  const int64_t floats = width * (s->kind == LACUNA_BOUNDS ? 2 : 1);
  for (int64_t at = first; at < end; at += 4) {
    const int64_t some = end - at < 4 ? end - at : 4;
    const float *summary[4];
    for (int k = 0; k < 4; k += 1)
      summary[k] = s->summary + (head * s->page_stride + at + (k < some ? k : 0)) * floats;
    for (int64_t member = 0; member < s->group; member += 1) {
      const float *query = s->queries + (head * s->group + member) * width;
      float found[4];
      if (s->kind == LACUNA_MEANS)
        four_dots(summary, query, width, found);
      else
        for (int k = 0; k < 4; k += 1)
          found[k] = LEVEL(bound)(query, summary[k], summary[k] + width, width);
      for (int k = 0; k < some; k += 1)
        s->scores[(head * s->group + member) * s->pages + at + k] = found[k] * scale;
    }
  }
}

static void LEVEL(page_weights)(const scoring *s, int64_t head) {
  float *mass = s->mass + head * s->pages;
  memset(mass, 0, (size_t)s->pages * sizeof *mass);
  for (int64_t member = 0; member < s->group; member += 1) {
    float *scores = s->scores + (head * s->group + member) * s->pages;
    float most = scores[0];
    for (int64_t at = 1; at < s->pages; at += 1) most = scores[at] > most ? scores[at] : most;
    const float total = raise(scores, s->pages, most);
    add_scaled(mass, scores, 1 / (total * (float)s->group), s->pages);
  }
}

#endif
