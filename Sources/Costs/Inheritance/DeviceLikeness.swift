import Diagnostics
import Hardware
import Quantities

/// How far one device is from another in what decides how kernels run on it; 0 for its twin.
///
/// Only data-sheet figures are compared: what a core multiplies in a cycle (the kind of its tensor
/// unit), its fast memory (which tells families of one generation apart), the narrowest format that
/// it multiplies faster than 16 bits (its generation, by which libraries choose kernels), and the
/// bandwidth that a family's bytes go through. Ratios count by their binary logarithm.
struct DeviceLikeness {
  private let unit: Double
  private let coreMemory: Double
  private let generation: Double
  private let figures: DeviceFigures
  private let deviceClass: Profile.Class

  /// - Throws: `Faults` when the profile lacks the unit or its memory.
  init(_ profile: Profile) throws(Faults) {
    figures = try DeviceFigures(profile)
    deviceClass = profile.deviceClass
    let peak = figures.peak(.bf16)
    unit = peak / (figures.cores * figures.clock)
    coreMemory = figures.coreMemory
    // FP8 came with other kernels throughout; FP4 changed those of its own format only.
    generation =
      (figures.peak(.fp8) > peak ? 1 : 0) + (figures.peak(.fp4) > figures.peak(.fp8) ? 0.5 : 0)
  }

  /// The part that another architecture adds; devices of one architecture are below 1.
  func architecture(to other: DeviceLikeness) -> Double {
    Self.ratio(unit, other.unit) + 2 * Self.ratio(coreMemory, other.coreMemory)
      + 1.5 * abs(generation - other.generation) + (deviceClass == other.deviceClass ? 0 : 0.5)
  }

  /// Whether the cores are of one design, so that they run the same instructions.
  func hasCores(of other: DeviceLikeness) -> Bool {
    Self.ratio(coreMemory, other.coreMemory) < 0.25
  }

  /// The distance for kernels of a family.
  func distance(to other: DeviceLikeness, family: String) -> Double {
    let (mine, theirs) = (bandwidth(of: family), other.bandwidth(of: family))
    let link = Self.ratio(mine, theirs)
    // Collectives and copies follow the link; arithmetic has no part in them.
    return isMovement(family)
      ? link + architecture(to: other) / 4 : link / 2 + architecture(to: other)
  }

  private func isMovement(_ family: String) -> Bool {
    ["collective", "link", "storage"].contains(family)
  }

  private func bandwidth(of family: String) -> Double {
    switch family {
    case "collective": figures.peerBandwidth
    case "link": figures.linkBandwidth
    case "storage": figures.storageBandwidth
    default: figures.bandwidth
    }
  }

  /// Size of the binary logarithm of a ratio; a figure that only one device has counts as 8 times.
  private static func ratio(_ a: Double, _ b: Double) -> Double {
    guard a > 0, b > 0 else { return a == b ? 0 : 3 }
    return abs(Elementary.binaryLogarithm(a / b))
  }
}
