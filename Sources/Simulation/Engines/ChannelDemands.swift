import Costs
import Programs

/// What each operation asks, at each count, of what operations of different streams share: the
/// bandwidth of tiers and links, and the cores of compute units.
///
/// A tier, a link or a unit's cores become a channel when operations of different streams could
/// together ask for more than there is; elsewhere sharing cannot slow anything.
struct ChannelDemands {
  private let program: Program
  private let tables: PriceTables
  private let costs: CostModel
  /// Names of the channels.
  private(set) var channels: [String] = []
  /// Where the table of (block, operation) starts, in rows of one demand a channel; -1 without one.
  private(set) var base: [[Int]] = []
  private(set) var demands: [Double] = []

  init(program: Program, tables: PriceTables, costs: CostModel) {
    self.program = program
    self.tables = tables
    self.costs = costs
    base = program.blocks.map { Array(repeating: -1, count: $0.operations.count) }
    guard program.streams.count > 1 else { return }
    findChannels()
    if !channels.isEmpty { fill() }
  }

  private mutating func findChannels() {
    var most: [String: [Int: Double]] = [:]
    for (b, block) in program.blocks.enumerated() {
      for (o, operation) in block.operations.enumerated() {
        for (name, share) in sources(b, o) {
          let largest = tables.counts[b][o].reduce(0) { max($0, share($1)) }
          let old = most[name]?[operation.stream] ?? 0
          most[name, default: [:]][operation.stream] = max(old, largest)
        }
      }
    }
    channels = most.filter { $0.value.count > 1 && $0.value.values.reduce(0, +) > 1 + 1e-9 }
      .keys.sorted()
  }

  private mutating func fill() {
    for (b, block) in program.blocks.enumerated() {
      for o in block.operations.indices {
        let used = sources(b, o).filter { channels.contains($0.name) }
        guard !used.isEmpty else { continue }
        base[b][o] = demands.count / channels.count
        for count in tables.counts[b][o] {
          for channel in channels {
            let share = used.filter { $0.name == channel }.reduce(0) { $0 + $1.share(count) }
            demands.append(min(1, share))
          }
        }
      }
    }
  }

  private typealias Source = (name: String, share: (Int) -> Double)

  /// What an operation shares, each with the part of it that full speed takes at a count.
  private func sources(_ b: Int, _ o: Int) -> [Source] {
    let operation = tables.resolved[b][o]
    func seconds(_ count: Int) -> Double {
      let first = tables.spanBase[b][o] - tables.counts[b][o].lowerBound
      return Double(tables.spans[first + count]) * 1e-12
    }
    var sources: [Source] = operation.paths.map { path in
      (
        path.through,
        { count in
          let span = seconds(count)
          return span > 0 ? min(1, path.bytes(Double(count)) / span / path.peak) : 0
        }
      )
    }
    let stream = program.streams[program.blocks[b].operations[o].stream]
    if case .compute(let name) = stream.engine, let unit = costs.profile.computeUnit(name) {
      let cores = Double(unit.cores.value)
      sources.append(
        (
          "\(name) cores",
          { count in
            let span = seconds(count)
            return span > 0 ? operation.coreShare(Double(count), seconds: span, of: cores) : 0
          }
        ))
    }
    return sources
  }
}
