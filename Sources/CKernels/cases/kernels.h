#ifndef LACUNA_KERNELS_H
#define LACUNA_KERNELS_H

#include "lacuna_cases.h"

extern const lacuna_kernel kernel_gemv, kernel_gemm, kernel_ffn_gathered, kernel_ffn_firing,
  kernel_attention, kernel_attention_pages, kernel_attention_pages_mass,
  kernel_two_four_gemv, kernel_two_four_gemm, kernel_n_of_m_gemv, kernel_n_of_m_gemm,
  kernel_csr, kernel_spgemm,
  kernel_prefill, kernel_prefill_blocks, kernel_prefill_vertical_slash,
  kernel_int8, kernel_int4, kernel_int4_sparse,
  kernel_experts, kernel_experts_batch,
  kernel_pruned,
  kernel_index_flat, kernel_index_two_level,
  kernel_trie, kernel_ngrams, kernel_product_keys,
  kernel_read, kernel_read_threads;

#endif
