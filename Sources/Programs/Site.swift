/// The nine places of a transformer step where a sparse method decides something, and the dense rest.
public enum Site: String, CaseIterable, Sendable {
  case prompt, attention, cache, weights, neurons, experts, depth, lookup, partition
  /// What the model does without any policy: projections, norms, the head.
  case model
}
