import EventKernel
import Programs

/// One step as the flat list of activities that the event kernel repeats.
struct FlatStep {
  var activities: [Activity] = []
  var counts: [Int32] = []
  var requirements: [Requirement] = []
  /// The last activity of the step.
  var roundEnd = 0

  init(program: Program, tables: PriceTables, demands: ChannelDemands) {
    let columnBase = program.columns.map { column in
      defer { counts.append(contentsOf: column.counts) }
      return counts.count
    }
    let templates = Self.templates(program, tables, demands, columnBase)
    activities.reserveCapacity(program.operationsPerStep)
    var first: [Int] = []
    first.reserveCapacity(program.order.count)
    for position in program.order.indices {
      let use = program.order[position]
      first.append(activities.count)
      let template = templates[use.block]
      let operations = program.blocks[use.block].operations
      for o in template.indices {
        var activity = template[o]
        if activity.countBase >= 0 { activity.countBase += use.layer }
        activity.requirementStart = Int32(requirements.count)
        for dependency in operations[o].after {
          requirements.append(
            requirement(dependency, from: position, program: program, first: first))
        }
        activity.requirementEnd = Int32(requirements.count)
        activities.append(activity)
      }
    }
    resolveLater(program: program, first: first)
    // The step ends with its last operation, which is waited for even where it has nothing to do.
    roundEnd = activities.count - 1
    activities[roundEnd].skippedWhenZero = false
  }

  /// The activity of each operation of each block at layer 0, requirements left out.
  private static func templates(
    _ program: Program, _ tables: PriceTables, _ demands: ChannelDemands, _ columnBase: [Int]
  ) -> [[Activity]] {
    program.blocks.indices.map { b in
      let operations = program.blocks[b].operations
      return operations.indices.map { o in
        let stream = operations[o].stream
        let column = operations[o].column
        let entry = tables.entry(b, o)
        return Activity(
          queue: Int32(stream), skippedWhenZero: operations[o].skippedWhenEmpty,
          spanBase: entry.base, smallestCount: Int32(entry.smallest),
          largestCount: Int32(entry.largest),
          countBase: column.map { columnBase[$0] } ?? -1,
          countStride: column.map { program.columns[$0].layers } ?? 0, requirementStart: 0,
          requirementEnd: 0,
          demandBase: demands.base.isEmpty ? -1 : demands.base[tables.blockStart[b] + o])
      }
    }
  }

  /// Where an earlier block lies in the step before, its activities are not numbered yet: the block
  /// position is kept negative until `resolveLater`.
  private var later: [(requirement: Int, position: Int, operation: String)] = []

  private mutating func requirement(
    _ dependency: Dependency, from position: Int, program: Program, first: [Int]
  ) -> Requirement {
    let length = program.order.count
    var target = position - dependency.blocksBack
    var rounds = 0
    while target < 0 {
      target += length
      rounds += 1
    }
    guard target < first.count else {
      later.append((requirements.count, target, dependency.operation))
      return Requirement(activity: -1, roundsBack: Int32(rounds))
    }
    let activity = Self.find(dependency.operation, program, target) + first[target]
    return Requirement(activity: Int32(activity), roundsBack: Int32(rounds))
  }

  private mutating func resolveLater(program: Program, first: [Int]) {
    for (index, position, operation) in later {
      requirements[index].activity = Int32(
        Self.find(operation, program, position) + first[position])
    }
    later = []
  }

  private static func find(_ name: String, _ program: Program, _ position: Int) -> Int {
    let operations = program.blocks[program.order[position].block].operations
    return operations.firstIndex { $0.name == name } ?? operations.count - 1
  }
}
