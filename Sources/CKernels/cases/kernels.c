#include "kernels.h"

#include <stddef.h>

static const lacuna_kernel *const kernels[] = {
  &kernel_gemv,
  &kernel_gemm,
  &kernel_ffn_gathered,
  &kernel_ffn_firing,
  &kernel_attention,
  &kernel_attention_pages,
  &kernel_attention_pages_mass,
  &kernel_two_four_gemv,
  &kernel_two_four_gemm,
  &kernel_n_of_m_gemv,
  &kernel_n_of_m_gemm,
  &kernel_csr,
  &kernel_spgemm,
  &kernel_prefill,
  &kernel_prefill_blocks,
  &kernel_prefill_vertical_slash,
  &kernel_int8,
  &kernel_int4,
  &kernel_int4_sparse,
  &kernel_experts,
  &kernel_experts_batch,
  &kernel_pruned,
  &kernel_index_flat,
  &kernel_index_two_level,
  &kernel_trie,
  &kernel_ngrams,
  &kernel_product_keys,
  &kernel_read,
  &kernel_read_threads,
};

int32_t lacuna_kernel_count(void) { return (int32_t)(sizeof kernels / sizeof kernels[0]); }

const lacuna_kernel *lacuna_kernel_at(int32_t index) {
  return index >= 0 && index < lacuna_kernel_count() ? kernels[index] : NULL;
}
