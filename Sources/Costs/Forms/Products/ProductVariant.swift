import Hardware
import Programs
import Quantities

/// A cost form of matrix products of one library: which coefficients are free, and which tiles.
protocol ProductVariant: CostForm {
  /// All coefficients: the free ones from `values`, the others fixed.
  static func coefficients(
    _ values: UnsafePointer<Double>, on device: DeviceFigures
  ) -> ProductCoefficients

  static func tiles(_ call: MatrixCall, on device: DeviceFigures) -> [ProductTile]
}

extension ProductVariant {
  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ values: UnsafePointer<Double>
  ) -> Double {
    guard case .product(let call) = call else { return .nan }
    let all = coefficients(values, on: device)
    let price = ProductPrice(call, on: device, all)
    return tiles(call, on: device).withUnsafeBufferPointer { price.seconds($0, all) }
  }
}

/// Binary logarithms of `m`, `n` and `k` as the coordinates of products' residual surfaces.
protocol SurfacedProduct: ProductVariant {}

extension SurfacedProduct {
  /// Knots of `m` at 1, 2 and 17 (kernels for one row, for few rows), then tiles of 128 and up.
  public static var knots: [[Double]] { ProductSurface.knots }

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .product(let call) = call else { return SurfacePoint(0) }
    return SurfacePoint(
      Elementary.binaryLogarithm(Double(call.m)), Elementary.binaryLogarithm(Double(call.n)),
      Elementary.binaryLogarithm(Double(call.k)))
  }
}

/// Made once: an extension of a protocol holds no stored values.
private enum ProductSurface {
  static let knots: [[Double]] = [
    [1, 2, 17, 129, 700, 4096].map { Elementary.binaryLogarithm($0) },
    [5, 8, 11, 13.5],
    [5, 6.5, 8, 9.5, 11, 13],
  ]
}
