import Costs
import Programs

/// What each operation asks, at each count, of what operations of different streams share: the
/// bandwidth of tiers and links, and the cores of compute units.
///
/// A tier, a link or a unit's cores become a channel when operations of different streams could
/// together ask for more than there is; elsewhere sharing cannot slow anything.
struct ChannelDemands: Sendable {
  /// Names of the channels.
  private(set) var channels: [String] = []
  /// By place in `PriceTables.entries`: where the operation's table starts, in rows of one share a
  /// channel; -1 without one. Empty where there is no channel.
  private(set) var base: [Int] = []
  /// Share of each channel that full speed takes, by count.
  private(set) var shares: [Double] = []

  init(
    _ program: Program, _ resolved: [[PricedOperation]], _ tables: PriceTables, costs: CostModel
  ) {
    guard program.streams.count > 1 else { return }
    let asked = Asked(program: program, resolved: resolved, tables: tables, costs: costs)
    channels = asked.channels()
    guard !channels.isEmpty else { return }
    base = Array(repeating: -1, count: tables.entries.count)
    for b in program.blocks.indices {
      for o in program.blocks[b].operations.indices {
        let used = asked.sources(b, o).filter { channels.contains($0.name) }
        guard !used.isEmpty else { continue }
        base[tables.blockStart[b] + o] = shares.count / channels.count
        for count in tables.entry(b, o).range {
          for channel in channels {
            let share = used.filter { $0.name == channel }.reduce(0) { $0 + $1.share(count) }
            shares.append(min(1, share))
          }
        }
      }
    }
  }
}

/// What operations ask of tiers, links and cores when each runs at full speed.
private struct Asked {
  let program: Program
  let resolved: [[PricedOperation]]
  let tables: PriceTables
  let costs: CostModel

  typealias Source = (name: String, share: (Int) -> Double)

  /// What operations of different streams could ask too much of together.
  func channels() -> [String] {
    var most: [String: [Int: Double]] = [:]
    for (b, block) in program.blocks.enumerated() {
      for (o, operation) in block.operations.enumerated() {
        for (name, share) in sources(b, o) {
          let largest = tables.entry(b, o).range.reduce(0) { max($0, share($1)) }
          let old = most[name]?[operation.stream] ?? 0
          most[name, default: [:]][operation.stream] = max(old, largest)
        }
      }
    }
    return most.filter { $0.value.count > 1 && $0.value.values.reduce(0, +) > 1 + 1e-9 }
      .keys.sorted()
  }

  /// What an operation shares, each with the part of it that full speed takes at a count.
  func sources(_ b: Int, _ o: Int) -> [Source] {
    let operation = resolved[b][o]
    func seconds(_ count: Int) -> Double { Double(tables.span(b, o, count: count)) * 1e-12 }
    var sources: [Source] = operation.paths.filter { isShared($0, by: operation) }.map { path in
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

  /// Whether an operation shares a path with those of other streams. The memory that a storage read
  /// fills is not shared: the read asks a small part of it, for long, and a kernel issued before it that
  /// takes all of that memory would hold it still, device and all.
  private func isShared(_ path: PricedOperation.Path, by operation: PricedOperation) -> Bool {
    operation.kind != .storageRead || costs.profile.tier(path.through)?.kind != .memory
  }
}
