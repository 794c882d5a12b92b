/// Which variant prices the attention of a kernel.
///
/// The words of a kernel's name, `vllm-fa2-bf16kv-d128`, say which library ran it.
enum AttentionCatalog {
  static func decode(_ kernel: String) -> any CostForm.Type {
    let words = kernel.split(separator: "-")
    if words.contains("paged") { return PageSelectedDecode.self }
    if words.contains("unsplit") { return FlashAttention3WholeDecode.self }
    if words.contains("fa2") { return FlashAttention2Decode.self }
    return words.contains("trtllm") ? TensorRTDecode.self : FlashAttention3Decode.self
  }

  static func prefill(_ kernel: String) -> any CostForm.Type {
    let words = kernel.split(separator: "-")
    if words.contains("fa2") { return FlashAttention2Prefill.self }
    if words.contains("fa3") || words.contains("fa4") { return FlashAttention3Prefill.self }
    return FusedPrefill.self
  }

  static func sparsePrefill(_ kernel: String) -> any CostForm.Type {
    let words = kernel.split(separator: "-")
    if words.contains("mask") { return MaskedPrefill.self }
    return words.contains { $0.hasPrefix("triton") }
      ? GatheringPrefill.self : BlockSparsePrefill.self
  }
}
