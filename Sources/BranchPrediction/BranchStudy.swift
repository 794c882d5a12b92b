import NumericalMethods
import SparseStructures
import Workloads

/// Wrong guesses of a predictor over the branches of sparse kernels.
///
/// Each trace's first half teaches, its second half counts.
public struct BranchStudy: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    public var kernel: String
    /// Mispredictions for a thousand instructions.
    public var mpki: Double
    /// The same of `Tage` alone.
    public var reference: Double
  }

  public private(set) var rows: [Row] = []

  /// Branches of one trace at most.
  public static let most = 60_000

  public init(_ shape: BranchShape, seed: UInt64) {
    for (name, trace) in Self.traces(shape, seed: seed) {
      rows.append(Self.row(name, trace, shape))
    }
  }

  /// Mean over the kernels.
  public var mpki: Double { mean(\.mpki) }
  /// Share of the reference's mispredictions that is saved, of the kernel where most are, and in the
  /// mean of the kernels.
  public var savedAtBest: Double { saved.max() ?? 0 }
  public var savedInMean: Double { saved.reduce(0, +) / Double(max(1, saved.count)) }

  private var saved: [Double] {
    rows.map { $0.reference > 0 ? 1 - $0.mpki / $0.reference : 0 }
  }

  private func mean(_ value: KeyPath<Row, Double>) -> Double {
    rows.reduce(0) { $0 + $1[keyPath: value] } / Double(max(1, rows.count))
  }

  private static func traces(
    _ shape: BranchShape, seed: UInt64
  ) -> [(name: String, trace: BranchTrace)] {
    var list: [(String, BranchTrace)] = []
    for law in MatrixLaw.allCases {
      let matrix = MatrixStructure.drawn(
        law, rows: shape.rows, count: shape.nonzeros, seed: seed)
      list.append(("csr \(law.rawValue)", .vectorProduct(matrix, most: most)))
      list.append(("spgemm \(law.rawValue)", .sparseProduct(matrix, most: most)))
    }
    var draws = KeyedStream(seed: seed, purpose: "scores")
    var scores: [Float] = []
    for _ in 0..<(1 << 16) { scores.append(Float(draws.uniform())) }
    list.append(
      ("top-k", .selection({ scores[$0 % scores.count] }, width: 1024, keep: 64, most: most)))
    return list
  }

  private static func row(_ name: String, _ trace: BranchTrace, _ shape: BranchShape) -> Row {
    let half = trace.count / 2
    let thousands =
      Double(trace.instructions) * Double(trace.count - half) / Double(trace.count) / 1000
    var tage = Tage()
    let wrong = trace.outcomes(&tage)
    let reference = wrong[half...].count { $0 }
    let counted: Int
    switch shape.predictor {
    case .bimodal:
      var predictor = Bimodal()
      counted = trace.mispredictions(&predictor, from: half)
    case .gshare:
      var predictor = Gshare()
      counted = trace.mispredictions(&predictor, from: half)
    case .tage: counted = reference
    case .sparse:
      let table = SparseCorrelation(
        trace, through: half, bytes: Int(shape.side.value), wrong: wrong)
      counted = (half..<trace.count).count { place in
        guard let guess = table.guess(trace, at: place) else { return wrong[place] }
        return guess != trace.isTaken(place)
      }
    }
    return Row(
      kernel: name, mpki: Double(counted) / max(1e-9, thousands),
      reference: Double(reference) / max(1e-9, thousands))
  }
}

extension BranchTrace {
  /// For each branch whether the predictor was wrong.
  func outcomes<P: BranchPredictor>(_ predictor: inout P) -> [Bool] {
    (0..<count).map { place in
      let (site, isTaken) = (site(place), isTaken(place))
      let guess = predictor.predict(site)
      predictor.update(site, isTaken: isTaken, predicted: guess)
      return guess != isTaken
    }
  }
}
