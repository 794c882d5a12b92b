import Hardware
import Programs
import Quantities

/// The cost forms by family.
public enum FormCatalog {
  public static let families: [(family: String, form: any CostForm.Type)] = [
    ("gemm", ProductForm.self)
  ]

  /// The form of a family, or nil when kernels of this family have none.
  public static func form(of family: String) -> (any CostForm.Type)? {
    families.first { $0.family == family }?.form
  }
}

/// A kernel's form with its coefficients on one device: what prices calls.
public struct CalibratedForm: Sendable {
  public let form: any CostForm.Type
  public let device: DeviceFigures
  public let values: [Double]
  public let surface: ResidualSurface?

  /// - Precondition: a value for each coefficient of the form.
  public init(
    form: any CostForm.Type, device: DeviceFigures, values: [Double], surface: ResidualSurface?
  ) {
    precondition(values.count == form.coefficients.count, "a value for each coefficient")
    self.form = form
    self.device = device
    self.values = values
    self.surface = surface
  }

  /// The time of a call, in seconds; never below the roofline of what must be done.
  public func seconds(_ call: KernelCall) -> Double {
    let time = values.withUnsafeBufferPointer {
      form.seconds(call, on: device, $0.baseAddress.unsafelyUnwrapped)
    }
    guard let surface else { return time }
    return time * Elementary.exponential(surface(form.place(call, on: device)))
  }
}
