import Programs
import Quantities

/// How long the weights of one grouped product take to arrive.
///
/// The share `hot = 1 / (1 + (weights / (cache-fill × cache))⁴)` of them is still in the last cache
/// from the call before, less where a new draw wakes other experts. Few tiles cannot draw the full
/// rate: each pulls at most `tile-rate`, twice that from the cache.
struct ExpertMemory {
  private let device: DeviceFigures
  private let active: Double
  private let hot: Double
  private let cacheShare: Double
  private let tileRate: Double
  /// Bytes of a weight as stored, with the scales of its group.
  let weightBytes: Double

  @inline(__always)
  init(_ call: ExpertCall, on device: DeviceFigures, _ c: UnsafePointer<Double>) {
    self.device = device
    active = call.load.active
    weightBytes = Self.bytes(of: call.weights)
    cacheShare = c[10]
    tileRate = c[13] * 1e9
    let fill = active * call.expertWeights * weightBytes / (c[5] * device.cacheBytes)
    let stays = 1 / (1 + fill * fill * fill * fill)
    if case .powerLaw = call.routing {
      hot = stays * active / Double(call.localExperts)
    } else {
      hot = stays
    }
  }

  /// - Parameters:
  ///   - share: of memory's bandwidth.
  ///   - width: columns of a tile.
  @inline(__always)
  func seconds(_ n: Double, _ k: Double, _ share: Double, width: Double) -> Double {
    let tile = 1 / (active * n / width * tileRate)
    let memory = 1 / (device.bandwidth * share)
    let cache = 1 / (device.cacheBandwidth * cacheShare)
    let cold = (memory * memory + tile * tile).squareRoot()
    let warm = (cache * cache + tile * tile / 4).squareRoot()
    return active * n * k * weightBytes * ((1 - hot) * cold + hot * warm)
  }

  /// INT4 has a 16-bit scale for 128 weights, MXFP4 an 8-bit scale for 32.
  private static func bytes(of precision: Precision) -> Double {
    switch precision {
    case .int4: 0.516
    case .fp4: 0.531
    default: precision.bits / 8
    }
  }
}
