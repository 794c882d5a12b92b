/// Checks of arguments that several routines share.
enum Inputs {
  static func finite(_ values: [Double], _ argument: String) throws(NumericalFault) {
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(argument: argument, index: index)
    }
  }

  static func atLeast(
    _ needed: Int, _ values: some Collection, _ argument: String
  ) throws(NumericalFault) {
    guard values.count >= needed else {
      throw .tooFew(argument: argument, found: values.count, needed: needed)
    }
  }

  static func length(
    _ expected: Int, _ values: some Collection, _ argument: String
  ) throws(NumericalFault) {
    guard values.count == expected else {
      throw .unequalLengths(argument: argument, found: values.count, expected: expected)
    }
  }

  /// Weights of observations: finite, positive, one for each; nil stands for all equal.
  static func weights(_ weights: [Double]?, count: Int) throws(NumericalFault) -> [Double] {
    guard let weights else { return Array(repeating: 1, count: count) }
    try length(count, weights, "weights")
    try finite(weights, "weights")
    if let weight = weights.first(where: { $0 <= 0 }) {
      throw .outOfRange(argument: "weights", found: weight, allowed: "above 0")
    }
    return weights
  }

  /// A share strictly between 0 and 1, as a confidence level is.
  static func openShare(_ value: Double, _ argument: String) throws(NumericalFault) {
    guard value > 0, value < 1 else {
      throw .outOfRange(argument: argument, found: value, allowed: "above 0 and below 1")
    }
  }
}
