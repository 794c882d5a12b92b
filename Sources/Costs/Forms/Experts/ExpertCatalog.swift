/// The forms of routed expert layers.
enum ExpertCatalog {
  static func form(of kernel: String) -> (any CostForm.Type)? {
    if kernel.hasPrefix("grouped-mm") { PlainExpertForm.self } else { LibraryExpertForm.self }
  }
}
