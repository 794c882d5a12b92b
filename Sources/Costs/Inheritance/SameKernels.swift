import Quantities

/// What changes where a device runs the very kernels that were timed on another.
///
/// Devices of one architecture load the same machine code. They may differ in how fast their tensor
/// units are: the H20 multiplies a quarter of what an H800 does in a cycle of a core. All else that a
/// tile needs (addresses, loads, waits, exponentials) takes the cycles that it took, so it takes a
/// smaller part of a longer time.
struct SameKernels {
  /// What a core of the device multiplies in a cycle, of what one of the donor does; 1 where another
  /// architecture has kernels of its own, which are written to fill its units.
  let width: Double
  /// Power at peak over the board's limit, of that of the donor; 1 for another architecture.
  let strain: Double

  init(from donor: DeviceFigures, to device: DeviceFigures) {
    guard donor.isArchitecture(of: device) else {
      (width, strain) = (1, 1)
      return
    }
    let (old, new) = (donor.peak(.bf16), device.peak(.bf16))
    width = (new / (device.cores * device.clock)) / (old / (donor.cores * donor.clock))
    strain = (new / device.powerLimit) / (old / donor.powerLimit)
  }

  /// A share of peak arithmetic: `1 / (1 + (1 / share − 1) × width)`. Of the donor's time per flop the
  /// part `share` multiplies; the rest is cycles that do not shrink with the unit.
  func share(_ share: Double) -> Double {
    share < 1 ? 1 / (1 + (1 / share - 1) * width) : share
  }

  /// Work that is stated as so much arithmetic but is cycles: rows of a tile that stand for its start.
  func overhead(_ rows: Double) -> Double { rows * width }

  /// How much long calls slow down: by `1 + derating` the donor's power at peak exceeds its limit, and
  /// energy for each flop is the same.
  func derating(_ derating: Double, low: Double) -> Double {
    strain < 1 ? max(low, (1 + derating) * strain - 1) : derating
  }
}

extension DeviceFigures {
  /// Whether kernels compiled for one run on the other: the same fast memory of a core, and the same
  /// formats that are faster than 16 bits by the same factor.
  func isArchitecture(of other: DeviceFigures) -> Bool {
    func gain(_ figures: DeviceFigures, _ format: Precision) -> Double {
      figures.peak(format) / max(figures.peak(.bf16), 1)
    }
    return coreMemory == other.coreMemory
      && [Precision.fp8, .fp4].allSatisfy { abs(gain(self, $0) - gain(other, $0)) < 0.1 }
  }
}
