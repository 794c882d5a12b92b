import Hardware
import Quantities

/// What a board draws: idle power and the energy of what it does, held at its limit.
///
/// `power = min(sustained, idle + cores × share × busy + (memory × bytes + cache × bytes + operation ×
/// operations) / time)`, `busy` being the time without the kernel's start. All are those of random operands: bits that do not toggle cost little, and
/// zeros draw up to 40 % less beyond idle power. At the limit a board lowers its clock until it
/// holds; times are measured or priced with that, so the cap ends the energy and not the time.
public struct BoardPower: Sendable, Hashable {
  /// With clocks up and nothing running, W.
  public var idle: Double
  /// What the board draws while its limit holds it, W.
  public var sustained: Double
  /// With a program on every core, beyond idle, W.
  public var cores: Double
  /// J a byte through device memory, and through the last cache.
  public var memory: Double
  public var cache: Double
  /// J an operation at 16 bits.
  public var operation: Double

  public init(
    idle: Double, sustained: Double, cores: Double, memory: Double, cache: Double,
    operation: Double
  ) {
    self.idle = idle
    self.sustained = sustained
    self.cores = cores
    self.memory = memory
    self.cache = cache
    self.operation = operation
  }

  /// The figures of a profile's GPU; nil when it states no power or no energy.
  public init?(_ profile: Profile) {
    guard let power = profile.power, let unit = profile.computeUnit("gpu"),
      let memory = profile.tier(unit.memory)?.energyPerByte,
      let operation = unit.energyPerFlop
    else { return nil }
    self.init(
      idle: power.idle.value.value, sustained: power.mostSustained.value,
      cores: unit.activePower?.value.value ?? 0, memory: memory.value.value,
      cache: profile.tiers.last { $0.kind == .cache }?.energyPerByte?.value.value ?? 0,
      operation: operation.value.value)
  }

  /// Watts while `work` takes `seconds`.
  ///
  /// - Precondition: `seconds > 0`.
  public func watts(_ work: BoardWork, seconds: Double) -> Double {
    let joules =
      memory * work.memoryBytes + cache * work.cacheBytes + operation * work.operations
    let busy = max(0, 1 - work.start / seconds) * work.coreShare
    return min(sustained, idle + cores * busy + joules / seconds)
  }
}
