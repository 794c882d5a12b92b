import Hardware
import Programs
import Quantities

/// The cost forms by family.
public enum FormCatalog {
  /// The form of a kernel, or nil when kernels of this family have none.
  ///
  /// A kernel's name says who ran it and in which format: `vllm-bf16`.
  public static func form(of family: String, kernel: String) -> (any CostForm.Type)? {
    switch family {
    case "gemm": ProductCatalog.form(of: kernel)
    case "gemm-2:4": TwoFourProduct.self
    case "attention-decode": AttentionCatalog.decode(kernel)
    case "attention-prefill": AttentionCatalog.prefill(kernel)
    case "attention-prefill-sparse": AttentionCatalog.sparsePrefill(kernel)
    case "mla-decode": LatentDecode.self
    case "mla-prefill": LatentPrefill.self
    case "moe": ExpertCatalog.form(of: kernel)
    case "attention-block-decode", "attention-block-prefill": AttentionBlockForm.self
    case "attention-part": AttentionPartForm.self
    case "attention-mixed": MixedAttentionForm.self
    case "attention-tail": AttentionTailForm.self
    case "elementwise": ElementwiseForm.self
    case "grouped-gemm": GroupedProductForm.self
    case "expert-exchange": ExpertExchangeForm.self
    case "host": HostKernelForm.self
    default: TransferCatalog.form(of: family, kernel: kernel)
    }
  }
}

/// A kernel's form with its coefficients on one device: what prices calls.
public struct CalibratedForm: Sendable {
  public let form: any CostForm.Type
  public let device: DeviceFigures
  public let values: [Double]
  public let surface: ResidualSurface?
  /// No call is shorter, in seconds: the host's issue, where the donor of the coefficients had none.
  public let issue: Double
  /// How the device runs what the donor's kernel is compared with; nil without such a kernel.
  let relative: RelativeSpeed?

  /// - Precondition: a value for each coefficient of the form.
  public init(
    form: any CostForm.Type, device: DeviceFigures, values: [Double], surface: ResidualSurface?,
    issue: Double = 0
  ) {
    self.init(
      form: form, device: device, values: values, surface: surface, issue: issue, relative: nil)
  }

  init(
    form: any CostForm.Type, device: DeviceFigures, values: [Double], surface: ResidualSurface?,
    issue: Double, relative: RelativeSpeed?
  ) {
    precondition(values.count == form.coefficients.count, "a value for each coefficient")
    self.form = form
    self.device = device
    self.values = values
    self.surface = surface
    self.issue = issue
    self.relative = relative
  }

  /// The time of a call, in seconds; never below the roofline of what must be done.
  public func seconds(_ call: KernelCall) -> Double {
    var time = values.withUnsafeBufferPointer {
      form.seconds(call, on: device, $0.baseAddress.unsafelyUnwrapped)
    }
    if let relative { time *= relative.factor(call) }
    let least = max(form.floor(call, on: device), issue)
    guard let surface else { return max(time, least) }
    return max(time * Elementary.exponential(surface(form.place(call, on: device))), least)
  }
}
