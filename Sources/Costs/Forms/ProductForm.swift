import Programs
import Quantities

/// Matrix products: tiles over cores in waves, weights from memory or from the last cache.
public enum ProductForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 2.5, low: 0.1, high: 100, unit: "us"),
    CoefficientRange("arithmetic-share", start: 0.7, low: 0.01, high: 1),
    CoefficientRange("bandwidth-share", start: 0.8, low: 0.05, high: 1),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .product(let call) = call else { return .nan }
    let arithmetic = call.flops / (device.peak(call.arithmetic, twoFour: call.isTwoFour) * c[1])
    let memory = call.bytes / (device.bandwidth * c[2])
    return c[0] * 1e-6 + max(arithmetic, memory)
  }
}
