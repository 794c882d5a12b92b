#include "lacuna_indexer.h"

void lacuna_index_reference(const lacuna_indexer *indexer, const float *queries,
                            const float *weights, float *scores) {
  for (int64_t t = 0; t < indexer->tokens; t += 1) {
    double total = 0;
    for (int64_t h = 0; h < indexer->heads; h += 1) {
      double product = 0;
      for (int64_t c = 0; c < indexer->width; c += 1)
        product += (double)queries[h * indexer->width + c] * indexer->keys[t * indexer->width + c];
      total += product > 0 ? product * weights[h] : 0;
    }
    scores[t] = (float)total;
  }
}
