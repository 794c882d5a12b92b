/// Why a computation gave no number. Every refusal of this room is one of these.
public enum NumericalFault: Error, Hashable, Sendable {
  /// Fewer values than the computation needs.
  case tooFew(argument: String, found: Int, needed: Int)
  /// Two lists that must be equally long.
  case unequalLengths(argument: String, found: Int, expected: Int)
  /// NaN or infinity among the arguments, or from the function that was given.
  case notFinite(argument: String, index: Int)
  /// An argument outside the range that has a meaning.
  case outOfRange(argument: String, found: Double, allowed: String)
  /// Abscissae that do not rise strictly: the value at `index` is not above the one before it.
  case notIncreasing(argument: String, index: Int)
  /// The function has the same sign at both ends, so no root need lie between.
  case noSignChange(low: Double, high: Double)
  /// The observations leave these parameters open: other values would fit as well.
  case undetermined(parameters: [String])
  /// The iteration stopped before its result was good enough.
  case notConverged(iterations: Int)
  /// GSL could not get memory.
  case outOfMemory(routine: String)
  /// GSL refused for a reason that no other case names; `code` is its error number.
  case refused(routine: String, code: Int32)
}
