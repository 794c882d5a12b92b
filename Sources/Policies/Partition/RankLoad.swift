import Quantities

/// The pairs that devices of a ring compute at each of its steps, counted by blocks.
///
/// At step s a device meets the keys of the device s before it, and the ring goes on when the last
/// has ended. So the work of the busiest is summed over the steps, and set against the mean of all.
public struct RankLoad: Sendable {
  private let devices: Int
  private let context: PartitionPolicy.Context
  /// Runs of tokens that stay together: one, two or more on each device.
  private let runs: Int
  private let tokens: Int

  /// Runs beyond these share a device with others of their kind.
  static let most = 4096

  public init(devices: Int, context: PartitionPolicy.Context, tokens: Int) {
    self.devices = devices
    self.context = context
    self.tokens = tokens
    switch context.layout {
    case .contiguous: runs = devices
    case .zigzag: runs = 2 * devices
    case .striped:
      let blocks = max(1, tokens / max(1, context.block))
      let each = max(1, min(blocks, Self.most) / devices)
      runs = each * devices
    }
  }

  private func device(ofRun run: Int) -> Int {
    switch context.layout {
    case .contiguous: run
    case .zigzag: run < devices ? run : 2 * devices - 1 - run
    case .striped: run % devices
    }
  }

  /// The busiest device's work over the mean, 1 or more.
  /// - Parameter form: which pairs are computed; nil is all of the causal half.
  public func imbalance(_ form: PromptSelection.Form?) -> Double {
    guard devices > 1 else { return 1 }
    if context.scheme == .allToAll { return 1 }
    var work = [Double](repeating: 0, count: devices * devices)
    add(form) { query, key, pairs in
      let (row, column) = (device(ofRun: query), device(ofRun: key))
      let step = (row - column + devices) % devices
      work[step * devices + row] += pairs
    }
    var (busiest, sum) = (0.0, 0.0)
    for step in 0..<devices {
      let row = work[(step * devices)..<((step + 1) * devices)]
      busiest += row.max() ?? 0
      sum += row.reduce(0, +)
    }
    return sum > 0 ? max(1, busiest * Double(devices) / sum) : 1
  }

  /// Visits pairs of runs with the pairs of tokens that are computed of them.
  private func add(
    _ form: PromptSelection.Form?, _ visit: (_ query: Int, _ key: Int, _ pairs: Double) -> Void
  ) {
    let side = Double(tokens) / Double(runs)
    guard case .stripes(let stripes, _, let run) = form else {
      for query in 0..<runs {
        for key in 0...query { visit(query, key, side * side * (key == query ? 0.5 : 1)) }
      }
      return
    }
    for stripe in stripes {
      let heads = Double(stripe.heads)
      let columns = Double(stripe.verticals) / Double(runs) * heads
      for query in 0..<runs {
        for key in 0..<query { visit(query, key, columns * side) }
        visit(query, query, columns * side / 2)
      }
      addDiagonals(stripe, run: run, side: side, heads: heads, visit)
    }
  }

  /// Runs of diagonals lie evenly over the logarithm of their distance, from one block to the whole:
  /// most are near, some reach far.
  private func addDiagonals(
    _ stripe: PromptSelection.Stripes, run: Int, side: Double, heads: Double,
    _ visit: (Int, Int, Double) -> Void
  ) {
    let count = max(1, (stripe.slashes + run - 1) / run)
    let span = Elementary.binaryLogarithm(Double(tokens) / Double(run))
    let wide = Double(stripe.slashes) / Double(count) * heads
    for place in 0..<count {
      let share = (Double(place) + 0.5) / Double(count)
      let distance = Double(run) * Elementary.power(2, span * share) - Double(run)
      let (near, part) = (
        Int(distance / side), (distance / side).truncatingRemainder(dividingBy: 1)
      )
      guard near < runs else { continue }
      // A diagonal at a distance of a runs and a part crosses two of them for each run of queries.
      for query in near..<runs {
        visit(query, query - near, wide * side * (1 - part))
        if query > near { visit(query, query - near - 1, wide * side * part) }
      }
    }
  }
}
