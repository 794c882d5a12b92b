import Hardware
import Programs

extension Setting {
  /// The first compute unit with a memory of its own beside that of the runtime's unit.
  public var host: ComputeUnit? { profile.computeUnits.first { $0.memory != nearTier } }

  public func isOnHost(_ layer: Int) -> Bool {
    method.weights.hostLayers?.contains(layer, of: model.layerCount) ?? false
  }
}

extension Block {
  /// The block where layers change between the host and the unit: it begins when the one before it
  /// has ended, on whichever of the two.
  func afterTheOneBefore() -> Block {
    var block = self
    // Launches that the host issues ahead need not wait.
    guard let first = operations.firstIndex(where: { $0.kind != .hostIssue }) else { return block }
    block.operations[first].after.append(Dependency(on: "", blocksBack: 1))
    return block
  }
}
