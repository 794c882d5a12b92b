import Programs

/// The ends of chained steps: each operation starts when the one before it on its stream and all
/// that it names have ended, at fixed spans.
struct StepChain {
  private let program: Program
  /// The first activity of each use of a block in a step.
  private let first: [Int]
  private let length: Int
  /// Steps back that an operation may look.
  private let depth: Int
  private var dependencies: DependencyPlaces

  /// Steps are chained until the difference of their ends repeats, at most so many.
  static let limit = 64

  private init(_ program: Program) {
    self.program = program
    var first: [Int] = []
    first.reserveCapacity(program.order.count)
    var activities = 0
    for use in program.order {
      first.append(activities)
      activities += program.blocks[use.block].operations.count
    }
    self.first = first
    length = activities
    dependencies = DependencyPlaces(program)
    depth = 1 + dependencies.mostBlocksBack.dividedRoundingUp(by: program.order.count)
  }

  /// The time of one step in the long run, and of all steps, in picoseconds.
  static func run(
    _ program: Program, _ spans: [Double], absent: [Bool]
  ) -> (step: Double, total: Double) {
    // On one stream every operation waits for the one before it and for nothing else.
    guard program.streams.count > 1 else {
      let step = spans.reduce(0, +)
      return (step, step * Double(program.steps))
    }
    var chain = StepChain(program)
    return chain.run(spans, absent)
  }

  private mutating func run(_ spans: [Double], _ absent: [Bool]) -> (step: Double, total: Double) {
    let rounds = min(program.steps, Self.limit)
    var finish = [Double](repeating: 0, count: length * depth)
    var streamFree = [Double](repeating: 0, count: program.streams.count)
    var ends: [Double] = []
    ends.reserveCapacity(rounds)
    for round in 0..<rounds {
      play(round, spans, absent, &finish, &streamFree)
      ends.append(finish[(round % depth) * length + length - 1])
    }
    let last = streamFree.max() ?? 0
    let half = rounds / 2
    let step =
      rounds > 1
      ? (ends[rounds - 1] - ends[max(0, half - 1)]) / Double(rounds - max(1, half)) : ends[0]
    return (step, last + step * Double(program.steps - rounds))
  }

  private mutating func play(
    _ round: Int, _ spans: [Double], _ absent: [Bool], _ finish: inout [Double],
    _ streamFree: inout [Double]
  ) {
    let here = (round % depth) * length
    var activity = 0
    for position in program.order.indices {
      for operation in dependencies.ofBlock(program.order[position].block) {
        var ready = 0.0
        for dependency in operation.first..<operation.end {
          let target = dependencies.target(
            dependency, from: position, order: program.order, first: first)
          let back = round - target.roundsBack
          guard back >= 0 else { continue }
          ready = max(ready, finish[(back % depth) * length + target.activity])
        }
        if !absent[activity] {
          ready = max(ready, streamFree[operation.stream]) + spans[activity]
          streamFree[operation.stream] = ready
        }
        finish[here + activity] = ready
        activity += 1
      }
    }
  }
}

extension Int {
  fileprivate func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}

/// Where each operation's dependencies stand in the blocks before it.
private struct DependencyPlaces {
  /// One operation's stream, and the places of its dependencies: first, and one past the last.
  struct Operation {
    var stream: Int
    var first: Int
    var end: Int
  }

  private var blockStart: [Int] = [0]
  private var operations: [Operation] = []
  private(set) var mostBlocksBack = 0
  private let blocks: [Block]
  private var dependencies: [Dependency] = []
  /// The block that each dependency was last looked up in, and its operation there.
  private var known: [(block: Int, operation: Int)] = []

  init(_ program: Program) {
    blocks = program.blocks
    blockStart.reserveCapacity(blocks.count + 1)
    for block in blocks {
      for operation in block.operations {
        let first = dependencies.count
        for dependency in operation.after {
          dependencies.append(dependency)
          known.append((-1, 0))
          mostBlocksBack = max(mostBlocksBack, dependency.blocksBack)
        }
        operations.append(
          Operation(stream: operation.stream, first: first, end: dependencies.count))
      }
      blockStart.append(operations.count)
    }
  }

  func ofBlock(_ block: Int) -> ArraySlice<Operation> {
    operations[blockStart[block]..<blockStart[block + 1]]
  }

  /// The activity that a dependency of the block at `position` means; without an operation of that
  /// name, the last of the block.
  mutating func target(
    _ dependency: Int, from position: Int, order: [BlockUse], first: [Int]
  ) -> (activity: Int, roundsBack: Int) {
    var place = position - dependencies[dependency].blocksBack
    var rounds = 0
    while place < 0 {
      place += order.count
      rounds += 1
    }
    let block = order[place].block
    if known[dependency].block != block {
      let name = dependencies[dependency].operation
      let operations = blocks[block].operations
      known[dependency] = (
        block, operations.firstIndex { $0.name == name } ?? operations.count - 1
      )
    }
    return (first[place] + known[dependency].operation, rounds)
  }
}
