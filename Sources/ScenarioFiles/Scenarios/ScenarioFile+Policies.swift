import Yams

extension ScenarioFile {
  private static let sites = [
    "prompt", "attention", "cache", "weights", "neurons", "experts", "depth", "lookup",
    "partition", "overheads",
  ]

  /// The sites where the file or one of its variants states a policy, with the keys that it takes
  /// there: `attention (select, score)`.
  public var policies: [String] {
    let layers = [root] + (root.mapping?["variants"]?.mapping?.values.map { $0 } ?? [])
    let found = Self.sites.compactMap { site -> String? in
      let keys = layers.compactMap { $0.mapping?[Node.text(site)] }.flatMap { Self.keys(of: $0) }
      var distinct: [String] = []
      for key in keys where !distinct.contains(key) { distinct.append(key) }
      return distinct.isEmpty ? nil : "\(site) (\(distinct.joined(separator: ", ")))"
    }
    return found.isEmpty ? ["the dense model"] : found
  }

  /// The keys of a map; of a list the names of its entries.
  private static func keys(of node: Node) -> [String] {
    if let list = node.sequence {
      return list.compactMap { $0.mapping?["name"]?.scalar?.string }
    }
    return node.mapping?.keys.compactMap { $0.scalar?.string } ?? []
  }
}
