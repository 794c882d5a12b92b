import Quantities

/// What a weight is for; policies and breakdowns group the inventory by it.
public enum MatrixRole: String, CaseIterable, Sendable {
  case attention, indexer, feedForward = "feed-forward", expert, sharedExpert = "shared-expert"
  case router, norm, embedding, head
}

/// One named weight of the inventory: a `rows` x `columns` matrix (outputs by inputs), or a vector
/// with one column, in `copies` equal copies of which one token uses `used`.
public struct Matrix: Sendable, Hashable {
  public var name: String
  public var role: MatrixRole
  /// Outputs.
  public var rows: Int
  /// Inputs; 1 for a vector.
  public var columns: Int
  /// How many such matrices a layer holds: the expert count for experts, 1 otherwise.
  public var copies: Int
  /// How many of the copies one token is multiplied with: top-k for experts, 1 otherwise.
  public var used: Int

  public init(
    _ name: String, _ role: MatrixRole, rows: Int, columns: Int = 1, copies: Int = 1,
    used: Int = 1
  ) {
    self.name = name
    self.role = role
    self.rows = rows
    self.columns = columns
    self.copies = copies
    self.used = used
  }

  /// Numbers in one copy: rows x columns. Exact below 2^53.
  @inlinable public var elementsPerCopy: Double { Double(rows) * Double(columns) }
  /// Numbers in all copies.
  @inlinable public var elements: Double { elementsPerCopy * Double(copies) }
  /// Numbers that one token is multiplied with.
  @inlinable public var activeElements: Double { elementsPerCopy * Double(used) }
  /// Bytes of all copies at `precision`.
  public func bytes(_ precision: Precision) -> Bytes { precision.bytes(of: elements) }
}

extension Sequence where Element == Matrix {
  /// Numbers in all matrices.
  @inlinable public var elements: Double { reduce(0) { $0 + $1.elements } }
  /// Numbers that one token is multiplied with.
  @inlinable public var activeElements: Double { reduce(0) { $0 + $1.activeElements } }
}
