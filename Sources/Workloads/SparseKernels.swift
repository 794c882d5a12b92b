import Quantities

/// The product of a drawn sparse matrix with itself, on a machine with a scratchpad beside its threads.
public struct SparseProductShape: Sendable, Hashable {
  public enum Order: String, CaseIterable, Sendable {
    /// Each entry of A streams a row of B (Gustavson).
    case rowWise = "row-wise"
    /// Each column of A with the row of B: partial products by result lie in memory, and are read again.
    case outer
  }

  /// Where partial products are summed.
  public enum Merge: String, CaseIterable, Sendable { case scratchpad, memory }

  /// Who brings data in.
  public enum Loads: String, CaseIterable, Sendable {
    /// Threads, number by number.
    case threads
    /// An engine that copies runs beside them.
    case bulk
  }

  public enum Schedule: String, CaseIterable, Sendable {
    /// As many neighbouring rows for each thread.
    case even
    /// Who has ended a row takes the next.
    case turns
  }

  public var rows: Int
  public var nonzeros: Int
  /// The name of the law that entries are drawn by.
  public var law: String
  public var order = Order.rowWise
  public var merge = Merge.scratchpad
  public var loads = Loads.bulk
  public var schedule = Schedule.turns
  public var threads: Int
  public var value: Bytes
  public var index: Bytes
  /// Share of the table's slots that is filled.
  public var fill: Double

  public init(
    rows: Int, nonzeros: Int, law: String, threads: Int, value: Bytes, index: Bytes, fill: Double
  ) {
    self.rows = rows
    self.nonzeros = nonzeros
    self.law = law
    self.threads = threads
    self.value = value
    self.index = index
    self.fill = fill
  }
}

/// Branches of sparse kernels that go through a predictor.
public struct BranchShape: Sendable, Hashable {
  public enum Predictor: String, CaseIterable, Sendable {
    case bimodal, gshare, tage
    /// `tage` with a side table of the few places of a long history that a branch follows.
    case sparse
  }

  public var predictor: Predictor
  /// Rows and entries of the matrices that kernels run over.
  public var rows: Int
  public var nonzeros: Int
  /// Room of the side table.
  public var side: Bytes
  /// Cycles that a wrong guess costs.
  public var penalty: Double

  public init(predictor: Predictor, rows: Int, nonzeros: Int, side: Bytes, penalty: Double) {
    self.predictor = predictor
    self.rows = rows
    self.nonzeros = nonzeros
    self.side = side
    self.penalty = penalty
  }
}

/// Work that is no model's: a kernel by itself.
public enum KernelWork: Sendable, Hashable {
  case sparseProduct(SparseProductShape)
  case branches(BranchShape)
}
