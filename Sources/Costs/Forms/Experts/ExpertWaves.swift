import Programs
import Quantities

/// How long the arithmetic of one grouped product takes, in tiles over cores.
///
/// A tile of `r` rows costs `r + tile-overhead` of them; the empty rows of its last tile cost an
/// expert `empty-cost` on top; the empty part of the last wave costs `wave-cost`.
struct ExpertWaves {
  private let cores: Double
  private let core: Double
  private let slots: Double
  private let tiles: SIMD8<Double>
  private let overhead: Double
  private let waveCost: Double
  private let emptyCost: Double
  private let share: Double
  private static let rows = SIMD8<Double>(16, 32, 64, 128, 8, 48, .infinity, .infinity)

  @inline(__always)
  init(_ call: ExpertCall, on device: DeviceFigures, _ c: UnsafePointer<Double>) {
    cores = device.cores
    core = device.peak(call.arithmetic) / device.cores
    slots = call.load.slots
    tiles = call.load.tiles
    overhead = c[7]
    waveCost = c[8]
    emptyCost = c[12]
    share = c[6]
  }

  @inline(__always)
  private func waves(_ full: Double) -> Double {
    full + waveCost * (full.rounded(.up) - full)
  }

  /// With tiles of 128 columns and a tuned number of rows.
  @inline(__always)
  func tuned(_ n: Double, _ k: Double, _ place: Int) -> Double {
    let across = (n / 128).rounded(.up)
    let rows = Self.rows[place]
    let empty = max(tiles[place] - slots / rows, 0) * across / cores
    let run = waves(tiles[place] * across / cores) * (rows + overhead) + emptyCost * empty * rows
    return run * 128 * k * 2 / (core * share)
  }

  /// With a default tile at its own share of the peak.
  @inline(__always)
  func plain(
    _ n: Double, _ k: Double, _ place: Int, _ tile: (rows: Double, columns: Double),
    _ share: Double
  ) -> Double {
    waves(tiles[place] * (n / tile.columns).rounded(.up) / cores) * tile.rows * tile.columns * k * 2
      / (core * share)
  }
}
