import Programs
import Quantities

/// The memory side of a product: weights, input and output once, from memory or the last cache.
enum ProductMemory {
  /// A share `h = 1 / (1 + (w / usable cache)^sharpness)` of the bytes is still in the cache, where
  /// `w` is what passed since the same weights were used: all their copies, input and output.
  ///
  /// Where timings show no cache at all, the fit makes the usable cache large and its bandwidth
  /// lower than memory's: the term is then a ramp of bandwidth with size.
  ///
  /// Where all caches were flushed, by writing something larger, the last one is full of lines that
  /// memory lacks: `evicted × min(bytes, cache)` more bytes go out as these come in.
  /// - Returns: microseconds.
  @inline(__always)
  static func microseconds(
    _ call: MatrixCall, on device: DeviceFigures, _ c: ProductCoefficients
  ) -> Double {
    let (m, n, k) = (Double(call.m), Double(call.n), Double(call.k))
    let input = m * k * call.arithmetic.bits / 8
    let output = m * n * 2
    let bytes = call.weightBytes + input + output
    var hit = 0.0
    if call.reuseBytes < .infinity {
      let passed = (call.reuseBytes + input + output) / (c.cacheShare * device.cacheBytes)
      hit = 1 / (1 + Elementary.power(passed, c.cacheSharpness))
    }
    let out = call.reuseBytes < .infinity ? 0 : c.evicted * min(bytes, device.cacheBytes)
    let far = ((1 - hit) * bytes + out) / (device.bandwidth * c.bandwidthShare)
    let near = hit * bytes / (device.cacheBandwidth * c.cacheBandwidthShare)
    return (far + near) * 1e6
  }
}
