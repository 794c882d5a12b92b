import Programs

extension StepBuilder {
  /// Reads the part of a layer's weights that is not resident, and returns what the part's products
  /// must wait for; nothing when all of it is resident.
  mutating func streamWeights(
    _ part: WeightsPolicy.Part, bytes: Double
  ) -> [Dependency] {
    guard let placement = setting.method.weights.placements[part], bytes > 0 else { return [] }
    let missing = bytes * (1 - placement.residentShare)
    guard missing > 0 else { return [] }
    return add(
      Fetch(
        name: "weights.\(part.rawValue).read", site: .weights, tier: placement.tier, column: nil,
        bytes: missing, pieces: max(1, missing / placement.chunk.value),
        transfer: .copyEngine, depth: placement.depth,
        after: afterMain(blocksBack: placement.prefetchLayers), besideMain: true))
  }
}
