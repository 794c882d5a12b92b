/// A predictor of branches: it is asked, then told.
public protocol BranchPredictor {
  mutating func predict(_ site: UInt32) -> Bool
  mutating func update(_ site: UInt32, isTaken: Bool, predicted: Bool)
}

extension BranchTrace {
  /// Wrong guesses of a predictor over the trace.
  /// - Parameter first: branches before this one only teach.
  public func mispredictions<P: BranchPredictor>(_ predictor: inout P, from first: Int = 0) -> Int {
    var wrong = 0
    for place in 0..<count {
      let (site, isTaken) = (site(place), isTaken(place))
      let guess = predictor.predict(site)
      if guess != isTaken, place >= first { wrong += 1 }
      predictor.update(site, isTaken: isTaken, predicted: guess)
    }
    return wrong
  }
}

/// Counters of two bits, from never to always.
struct CounterTable: Sendable {
  private var counters: [Int8]
  private let mask: Int

  init(bits: Int) {
    counters = [Int8](repeating: 0, count: 1 << bits)
    mask = 1 << bits - 1
  }

  func isTaken(_ index: Int) -> Bool { counters[index & mask] >= 0 }

  mutating func update(_ index: Int, _ isTaken: Bool) {
    let value = counters[index & mask]
    counters[index & mask] = isTaken ? min(1, value + 1) : max(-2, value - 1)
  }
}

/// A counter for each branch.
public struct Bimodal: BranchPredictor, Sendable {
  private var table: CounterTable

  public init(bits: Int = 12) { table = CounterTable(bits: bits) }

  public mutating func predict(_ site: UInt32) -> Bool { table.isTaken(Int(site)) }

  public mutating func update(_ site: UInt32, isTaken: Bool, predicted: Bool) {
    table.update(Int(site), isTaken)
  }
}

/// A counter for each branch and the outcomes before it, mixed by exclusive or (McFarling, 1993).
public struct Gshare: BranchPredictor, Sendable {
  private var table: CounterTable
  private var history = 0
  private let bits: Int

  public init(bits: Int = 14) {
    table = CounterTable(bits: bits)
    self.bits = bits
  }

  private func index(_ site: UInt32) -> Int { Int((site &* 2_654_435_761) >> 8) ^ history }

  public mutating func predict(_ site: UInt32) -> Bool { table.isTaken(index(site)) }

  public mutating func update(_ site: UInt32, isTaken: Bool, predicted: Bool) {
    table.update(index(site), isTaken)
    history = (history << 1 | (isTaken ? 1 : 0)) & (1 << bits - 1)
  }
}
