/// Which variant prices the products of a kernel.
enum ProductCatalog {
  /// The words of a kernel's name, `trtllm-int8-wo`, say who ran it and in which format.
  static func form(of kernel: String) -> any CostForm.Type {
    let words = kernel.split(separator: "-")
    if words.contains("wo") || words.contains("mxfp4") { return WeightOnlyProduct.self }
    if words.contains("deepgemm") || words.contains("block") { return BlockScaledProduct.self }
    if words.contains("fp8") { return ScaledProduct.self }
    if words.contains("llmcompass") { return HostTimedProduct.self }
    return words.contains("dense") ? ColdProduct.self : LibraryProduct.self
  }
}
