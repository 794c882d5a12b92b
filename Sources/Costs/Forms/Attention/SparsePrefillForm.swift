import Hardware
import Programs

/// Prompt attention of some of the blocks, by kernels that are compiled for their device.
///
/// On other cores they reach another share of the peak: what Hopper's own instructions give them, an
/// Ampere core has not. Compiled there to the instructions that both have, they carry over relative to
/// FlashAttention-2, which uses those everywhere and was measured on both.
protocol SparsePrefillForm: CostForm {}

extension SparsePrefillForm {
  public static var isCompiled: Bool { true }

  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    var values = values
    values[1] = SameKernels(from: donor, to: device).share(values[1])
    return values
  }

  public static func reference(of kernel: String) -> KernelReference? {
    guard KernelWords.isPortable(kernel) else { return nil }
    let words = kernel.split(separator: "-")
    let format = words.firstIndex { $0.hasSuffix("kv") }.map { words[$0...].joined(separator: "-") }
    return KernelReference(
      family: "attention-prefill", kernel: "fa2-" + (format ?? "bf16kv-d128")
    ) { call in
      guard case .attentionPrefill(var dense) = call else { return call }
      dense.density = 1
      dense.block = 0
      dense.columns = 0
      dense.gathered = 0
      dense.valueShare = 1
      dense.walksMask = false
      return .attentionPrefill(dense)
    }
  }
}
