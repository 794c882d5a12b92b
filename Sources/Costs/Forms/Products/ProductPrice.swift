import Programs
import Quantities

/// What a matrix product takes: the least time over a library's tiles and splits of `k`.
///
/// A product of `t` tiles, split `s` ways, goes over the device's cores in `w = t s / cores` waves.
/// Three things overlap: arithmetic (`c` = waves x flops of a tile over a core's rate), operands
/// through the core (`l`: bytes over its load rate, or `k` dependent loads, the longer), and
/// memory (`d`). The library takes the tile and split of least `(c⁴+l⁴+d⁴)^¼ + rest`, where the rest
/// is further waves, the pass that adds partial sums, and the filling of rows beyond `m`. The time
/// is then the same sum with the fitted norm; long busy products slow down with the clock.
///
/// It fails where a library picks a tile by a heuristic that loses, which no minimum can show, and
/// where a kernel for few rows exists that the tile list does not name.
/// Microseconds inside.
struct ProductPrice {
  private let m: Double
  private let n: Double
  private let k: Double
  private let inputBytes: Double
  private let weightBytes: Double
  private let quantisesInput: Bool
  private let cores: Double
  private let peak: Double
  private let bandwidth: Double
  private let cacheBandwidth: Double
  private let memory: Double
  /// Microseconds of one wave: for each flop and each operand byte of a tile, and of dependent
  /// loads for each element of `k`.
  private let flopTime: Double
  private let loadTime: Double
  private let latency: Double
  private let vector: Double

  @inline(__always)
  init(_ call: MatrixCall, on device: DeviceFigures, _ c: ProductCoefficients) {
    m = Double(call.m)
    n = Double(call.n)
    k = Double(call.k)
    inputBytes = call.arithmetic.bits / 8
    weightBytes = call.weightBytes / (n * k)
    quantisesInput = call.quantisesInput
    cores = device.cores
    peak = device.peak(call.arithmetic, twoFour: call.isTwoFour) * 1e-6
    bandwidth = device.bandwidth * 1e-6
    cacheBandwidth = device.cacheBandwidth * 1e-6
    memory = ProductMemory.microseconds(call, on: device, c)
    vector = call.m == 1 ? c.vectorShare : 1
    flopTime = cores / (peak * c.arithmeticShare)
    loadTime = 1 / (c.loadRate * device.clock * 1e-6)
    latency = c.loadLatency * vector * 1e-3
  }

  /// The seconds of the call.
  @inline(__always)
  func seconds(
    _ tiles: UnsafeBufferPointer<ProductTile>, _ c: ProductCoefficients
  ) -> Double {
    let cut = best(tiles, c)
    var time =
      Self.joined(cut.arithmetic, cut.operands, memory, norm: c.rollOff) + cut.rest
    let use = 2 * m * n * k / (peak * time)
    time *= 1 + c.derating * use * use / (1 + c.deratingTime / time)
    if quantisesInput { time += quantiser(c) }
    return (c.start + time) * 1e-6
  }

  /// One way to cut the product.
  private struct Cut {
    var arithmetic = 0.0
    var operands = 0.0
    var rest = 0.0
  }

  private static let ways: InlineArray<8, Double> = [1, 2, 3, 4, 6, 8, 12, 16]

  /// The cut of least time; large tiles are tried first where `m` fills them, so that most others
  /// fall to their bound.
  @inline(__always)
  private func best(_ tiles: UnsafeBufferPointer<ProductTile>, _ c: ProductCoefficients) -> Cut {
    let depths = InlineArray<8, Double> { k / Self.ways[$0] }
    let memory4 = Self.fourth(memory)
    let largeGrid = c.wavesOfLargeTiles * cores
    var least = Double.infinity
    var best = Cut()
    for place in 0..<tiles.count {
      let tile = tiles[m >= 128 ? tiles.count - 1 - place : place]
      guard m >= tile.m.lowerBound, m <= tile.m.upperBound, n >= tile.n.lowerBound,
        n <= tile.n.upperBound
      else { continue }
      var down = (m * tile.perRow).rounded(.up)
      if tile.cluster > 1 { down = (down / tile.cluster).rounded(.up) * tile.cluster }
      let across = (n * tile.perColumn).rounded(.up)
      let count = down * across
      let area = tile.rows * tile.columns
      if count > largeGrid, down > 1, area < 32768 { continue }
      let flops = 2 * area * flopTime
      let loads = max(
        (tile.rows * inputBytes + tile.columns * weightBytes) * loadTime, 0)
      // No split does less than all of `k` over all cores, nor less than a sixteenth on one.
      let leastWork = max(count / cores * k, k / 16 + c.pipelineFill) * max(flops, loads)
      guard Self.fourth(leastWork) + memory4 < Self.fourth(least) else { continue }
      let padding = self.padding(tile, down: down, across: across, c)
      for i in 0..<8 {
        let ways = Self.ways[i]
        let blocks = count * ways
        if i > 0 {
          guard tile.splits, blocks <= 4.5 * cores, depths[i] >= c.leastDepth else { break }
          if blocks > 2 * cores, ways > 3 || depths[i] < c.leastDepthOfLargeGrids { continue }
        }
        let depth = depths[i] + c.pipelineFill
        let waves = blocks / cores
        let effective =
          waves < 1
          ? 1 : waves.rounded(.up) * (1 - c.waveRecovery) + c.waveRecovery * waves
        let arithmetic = effective * flops * depth
        let operands = max(effective * loads, max(waves, 1) * latency) * depth
        var rest = (effective - 1) * c.wave + padding
        if i > 0 {
          rest += vector * c.split + ways * m * n * 8 / (cacheBandwidth * c.splitShare)
        }
        let room = least - rest
        guard room > 0, max(arithmetic, operands, memory) < room else { continue }
        let sum = Self.fourth(arithmetic) + Self.fourth(operands) + memory4
        if sum < Self.fourth(room) {
          least = sum.squareRoot().squareRoot() + rest
          best = Cut(arithmetic: arithmetic, operands: operands, rest: rest)
        }
      }
    }
    return best
  }

  /// Rows of the last tile of `m` that lie beyond it: asynchronous copies fill them in too.
  @inline(__always)
  private func padding(
    _ tile: ProductTile, down: Double, across: Double, _ c: ProductCoefficients
  ) -> Double {
    let beyond = tile.rows * down - m
    guard c.paddingShare < .infinity, beyond > 0 else { return 0 }
    let height = tile.rows * tile.cluster
    let share =
      c.paddingExponent == 1
      ? beyond / height : Elementary.power(beyond / height, c.paddingExponent)
    let busy = min(1, down * across / cores)
    let traffic = height * share * across * k * inputBytes
    let meeting = c.paddingMeets ? busy * busy * busy : 1
    return traffic / (c.paddingShare * cacheBandwidth) * meeting
  }

  /// The kernel before the product that finds each row's scale and rounds it.
  @inline(__always)
  private func quantiser(_ c: ProductCoefficients) -> Double {
    let rows = m / cores * (c.quantiserRow + c.quantiserElement * k * 1e-3)
    let bytes = 3 * m * k / (bandwidth * c.quantiserShare)
    let joined = (Self.fourth(rows) + Self.fourth(bytes)).squareRoot().squareRoot()
    return c.quantiserStart + joined
  }

  @inline(__always)
  private static func fourth(_ x: Double) -> Double { (x * x) * (x * x) }

  /// `(a^q + b^q + c^q)^(1/q)`, relative to the largest.
  @inline(__always)
  private static func joined(_ a: Double, _ b: Double, _ c: Double, norm q: Double) -> Double {
    let top = max(a, b, c)
    guard top > 0 else { return 0 }
    let sum = raised(a / top, q) + raised(b / top, q) + raised(c / top, q)
    return top * Elementary.power(sum, 1 / q)
  }

  /// A ratio of 1 or less to a power of 1 or more.
  @inline(__always)
  private static func raised(_ ratio: Double, _ power: Double) -> Double {
    ratio == 1 ? 1 : ratio > 1e-12 ? Elementary.power(ratio, power) : 0
  }
}
