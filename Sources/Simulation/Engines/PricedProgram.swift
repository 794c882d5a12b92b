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
  public let schedule: Schedule
  /// For each activity of the schedule, where its operation stands.
  public let origin: [Origin]
  /// Names of what operations share: tiers and links, and `gpu cores` for the cores of `gpu`.
  public let channels: [String]

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
    let resolved = try costs.resolve(program)
    var tables = PriceTables(program: program, resolved: resolved)
    try tables.price(profileName: costs.profile.name)
    try tables.assertClock(program)
    let shared = ChannelDemands(program: program, tables: tables, costs: costs)
    let flat = FlatStep(program: program, tables: tables, demandBase: shared.base)
    self.program = program
    self.resolved = resolved
    channels = shared.channels
    origin = flat.origin
    schedule = Schedule(
      activities: flat.activities, queueCount: program.streams.count, rounds: program.steps,
      spans: tables.spans, counts: flat.counts, requirements: flat.requirements,
      channelCount: shared.channels.count, demands: shared.demands,
      roundEnd: flat.roundEnd)
  }

  public func operation(of activity: Int) -> Operation {
    program.blocks[origin[activity].block].operations[origin[activity].operation]
  }

  public func resolvedOperation(of activity: Int) -> PricedOperation {
    resolved[origin[activity].block][origin[activity].operation]
  }
}
