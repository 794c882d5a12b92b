/// The forms of feed-forward layers of one token, of transfers and of collectives.
enum TransferCatalog {
  static func form(of family: String, kernel: String) -> (any CostForm.Type)? {
    switch family {
    case "gathered-ffn":
      if kernel.hasPrefix("dense") { DenseVectorProductForm.self } else { GatheredProductForm.self }
    case "hbm":
      if kernel.contains("gather") { DeviceGatherForm.self } else { DeviceCopyForm.self }
    case "link": link(kernel)
    case "storage":
      if kernel.contains("lanes") {
        FlashLaneForm.self
      } else if kernel.contains("service") {
        ReadServiceForm.self
      } else {
        RandomReadForm.self
      }
    case "collective":
      if kernel.hasPrefix("custom") { CustomReduceForm.self } else { CollectiveForm.self }
    default: nil
    }
  }

  private static func link(_ kernel: String) -> any CostForm.Type {
    if kernel.contains("zero-copy") { return ZeroCopyGatherForm.self }
    if kernel.contains("scattered") { return ScatteredCopyForm.self }
    return kernel.contains("pageable") ? PageableCopyForm.self : LinkCopyForm.self
  }
}
