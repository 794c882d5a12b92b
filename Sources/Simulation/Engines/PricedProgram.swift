import Costs
import Diagnostics
import EventKernel
import Programs
import Quantities

/// A program whose operations are priced at every count they meet: what both engines run.
public struct PricedProgram: Sendable {
  public let program: Program
  /// For each block, each operation resolved on the profile.
  public let resolved: [[PricedOperation]]
  let tables: PriceTables
  let demands: ChannelDemands

  /// Where an activity's operation stands in the program. Activities are numbered as a step issues
  /// them: the uses of `Program.order`, each with the operations of its block.
  public struct Origin: Sendable, Hashable {
    public var block: Int
    public var operation: Int
    public var layer: Int
  }

  /// Prices every operation of `program` at every count up to the largest of its column.
  ///
  /// - Throws: `Faults` when the profile lacks what an operation needs, and when a price undercuts
  ///   what physics allows, which would be a defect of a cost formula or of a profile's peaks.
  public init(_ program: Program, costs: CostModel) throws(Faults) {
    self.program = program
    resolved = try costs.resolve(program)
    tables = try PriceTables(program, resolved, profileName: costs.profile.name)
    try tables.assertClock(program)
    demands = ChannelDemands(program, resolved, tables, costs: costs)
  }

  /// Names of what operations share: tiers and links, and `gpu cores` for the cores of `gpu`.
  public var channels: [String] { demands.channels }

  /// For each activity of a step, where its operation stands.
  public func origins() -> [Origin] {
    var origins: [Origin] = []
    origins.reserveCapacity(program.operationsPerStep)
    for use in program.order {
      for operation in program.blocks[use.block].operations.indices {
        origins.append(Origin(block: use.block, operation: operation, layer: use.layer))
      }
    }
    return origins
  }

  /// All steps as the event kernel plays them.
  public func schedule() -> Schedule {
    let flat = FlatStep(program: program, tables: tables, demands: demands)
    return Schedule(
      activities: flat.activities, queueCount: program.streams.count, rounds: program.steps,
      spans: tables.spans, counts: flat.counts, requirements: flat.requirements,
      channelCount: channels.count, demands: demands.shares, roundEnd: flat.roundEnd)
  }

  public func operation(at origin: Origin) -> Operation {
    program.blocks[origin.block].operations[origin.operation]
  }

  public func resolvedOperation(at origin: Origin) -> PricedOperation {
    resolved[origin.block][origin.operation]
  }
}
