import Programs
import Quantities

/// A ReLU layer of one token that reads only the rows of the neurons that fire, in two kernels.
///
/// `start + hidden-latency × hidden / 4096 + (bytesᵖ + neuronsᵖ)^(1/p)`, where bytes run at
/// `bandwidth-share` of memory and neurons at `neuron` ns each, which is what short rows cost; `p` is
/// `overlap`. Weights that stay in the last cache are priced as read from memory.
public enum GatheredProductForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 20, low: 1, high: 40, unit: "us"),
    CoefficientRange(
      "hidden-latency", start: 4, low: 0.01, high: 20, unit: "us", mayStayOpen: true),
    CoefficientRange("bandwidth-share", start: 0.7, low: 0.2, high: 1),
    CoefficientRange("neuron", start: 0.5, low: 1e-3, high: 50, unit: "ns", mayStayOpen: true),
    CoefficientRange("overlap", start: 4, low: 1, high: 8, mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .gatheredFeedForward(let call) = call else { return .nan }
    let bytes = call.bytes / (device.bandwidth * c[2])
    let rows = c[3] * 1e-9 * Double(call.neurons ?? call.inner)
    return (c[0] + c[1] * Double(call.hidden) / 4096) * 1e-6 + softMaximum(bytes, rows, c[4])
  }
}

/// The same layer dense, as two plain matrix-vector products: `start` and the weights' bytes at
/// `bandwidth-share` of memory.
public enum DenseVectorProductForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 20, low: 2, high: 58, unit: "us"),
    CoefficientRange("bandwidth-share", start: 0.85, low: 0.2, high: 1.2),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .gatheredFeedForward(let call) = call else { return .nan }
    return c[0] * 1e-6 + call.bytes / (device.bandwidth * c[1])
  }
}
