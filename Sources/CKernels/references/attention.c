#include "lacuna_attention.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static double score(const float *query, const float *key, int64_t width) {
  double total = 0;
  for (int64_t c = 0; c < width; c += 1) total += (double)query[c] * key[c];
  return total / sqrt((double)width);
}

static bool reads(const lacuna_page_lists *pages, int64_t head, int64_t token) {
  if (!pages) return true;
  for (int64_t at = pages->starts[head]; at < pages->starts[head + 1]; at += 1)
    if (pages->ids[at] == token / pages->page) return true;
  return false;
}

void lacuna_attention_reference(const lacuna_kv *kv, const lacuna_page_lists *pages,
                                int64_t group, const float *queries, float *out) {
  const int64_t width = kv->width;
  for (int64_t h = 0; h < kv->heads * group; h += 1) {
    const int64_t head = h / group;
    const float *query = queries + h * width;
    const float *keys = kv->keys + head * kv->capacity * width;
    const float *values = kv->values + head * kv->capacity * width;
    double most = -INFINITY, total = 0;
    for (int64_t t = 0; t < kv->tokens; t += 1)
      if (reads(pages, head, t)) most = fmax(most, score(query, keys + t * width, width));
    for (int64_t c = 0; c < width; c += 1) out[h * width + c] = 0;
    for (int64_t t = 0; t < kv->tokens; t += 1)
      if (reads(pages, head, t)) total += exp(score(query, keys + t * width, width) - most);
    for (int64_t t = 0; t < kv->tokens; t += 1) {
      if (!reads(pages, head, t)) continue;
      const double share = exp(score(query, keys + t * width, width) - most) / total;
      for (int64_t c = 0; c < width; c += 1)
        out[h * width + c] += (float)(share * values[t * width + c]);
    }
  }
}

static double page_score(const lacuna_kv *kv, const float *query, const float *keys,
                         int64_t tokens, lacuna_summary kind) {
  double total = 0;
  for (int64_t c = 0; c < kv->width; c += 1) {
    double mean = 0, most = -INFINITY;
    for (int64_t t = 0; t < tokens; t += 1) {
      const double product = (double)query[c] * keys[t * kv->width + c];
      mean += product / (double)tokens;
      most = fmax(most, product);
    }
    total += kind == LACUNA_MEANS ? mean : most;
  }
  return total / sqrt((double)kv->width);
}

void lacuna_page_mass_reference(const lacuna_kv *kv, int64_t page, lacuna_summary kind,
                                int64_t group, const float *queries, float *mass) {
  const int64_t pages = lacuna_page_count(kv, page);
  for (int64_t at = 0; at < kv->heads * pages; at += 1) mass[at] = 0;
  for (int64_t h = 0; h < kv->heads * group; h += 1) {
    const int64_t head = h / group;
    for (int64_t at = 0; at < pages; at += 1) {
      double own = 0, total = 0;
      for (int64_t other = 0; other < pages; other += 1) {
        const int64_t rest = kv->tokens - other * page;
        const double found = page_score(
          kv, queries + h * kv->width,
          kv->keys + (head * kv->capacity + other * page) * kv->width, rest < page ? rest : page,
          kind);
        total += exp(found);
        if (other == at) own = exp(found);
      }
      mass[head * pages + at] += (float)(own / total / (double)group);
    }
  }
}
