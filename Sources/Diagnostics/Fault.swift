/// A place in a source file: line and column count from 1; 0 means that the place is unknown.
public struct SourcePosition: Hashable, Sendable {
  public var file: String
  public var line: Int
  public var column: Int
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// One thing that is wrong with what a user gave, as data; `Diagnostic` makes the sentence.
public struct Fault: Error, Hashable, Sendable {
  public var position: SourcePosition
  public var problem: Problem
  public init(_ problem: Problem, at position: SourcePosition) {
    self.position = position
    self.problem = problem
  }
}

/// Everything that was wrong with one input, in the order of its lines. Never empty.
public struct Faults: Error, Hashable, Sendable {
  public var faults: [Fault]
  public init(_ faults: [Fault]) { self.faults = faults }
  public init(_ problem: Problem, at position: SourcePosition) {
    faults = [Fault(problem, at: position)]
  }
}

/// What can be wrong, with the values that the sentence needs.
public enum Problem: Hashable, Sendable {
  /// A key that this place does not take.
  case unknownKey(String, known: [String])
  /// A key that must be there.
  case missingKey(String, expected: String)
  case duplicateKey(String)
  /// A value of the wrong form: a list where a number is due.
  case wrongKind(key: String, found: String, expected: String)
  /// A text that is not an amount of the dimension asked for.
  case badQuantity(key: String, found: String, units: [String])
  /// A value of the right form that cannot be: negative, absurd or not finite.
  case outOfRange(key: String, found: String, allowed: String)
  /// A name that is not among the known ones.
  case unknownName(key: String, kind: String, found: String, known: [String])
  /// A file or stream that cannot be read.
  case unreadable(reason: String)
  /// Content that is not of its format.
  case malformed(format: String, found: String, mend: String)
  /// Values that are each fine but cannot stand together.
  case conflict(key: String, found: String, mend: String)
}
