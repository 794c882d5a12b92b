import Hardware
import Programs
import Quantities
import ScenarioFiles
import TestSupport
import Testing

@testable import Costs

/// Products priced by an independent program that tries every tile and split in full.
@Suite struct ProductFormTests {
  struct Row: Sendable {
    var m: Int
    var n: Int
    var k: Int
    var seconds: Double

    init(_ m: Int, _ n: Int, _ k: Int, _ seconds: Double) {
      self.m = m
      self.n = n
      self.k = k
      self.seconds = seconds
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var form: any CostForm.Type
    var profile: String
    var weights: Precision
    var arithmetic: Precision
    var reuses: Double
    var quantises: Bool
    var isTwoFour: Bool
    var values: [Double]
    var rows: [Row]
    var testDescription: String { "\(form) on \(profile)" }

    init(
      _ form: any CostForm.Type, _ profile: String, _ weights: Precision, _ arithmetic: Precision,
      reuses: Double = .infinity, quantises: Bool = false, isTwoFour: Bool = false,
      _ values: [Double], _ rows: [Row]
    ) {
      self.form = form
      self.profile = profile
      self.weights = weights
      self.arithmetic = arithmetic
      self.reuses = reuses
      self.quantises = quantises
      self.isTwoFour = isTwoFour
      self.values = values
      self.rows = rows
    }

    func call(_ row: Row) -> KernelCall {
      .product(
        MatrixCall(
          m: row.m, n: row.n, k: row.k, weights: weights, arithmetic: arithmetic,
          isTwoFour: isTwoFour, quantisesInput: quantises,
          reuseBytes: reuses * Double(row.n) * Double(row.k) * weights.bits / 8))
    }
  }

  static func figures(_ profile: String) throws -> DeviceFigures {
    try DeviceFigures(
      ProfileLibrary(folder: Checkout.path("hardware-profiles")).profile(profile))
  }

  @Test(arguments: cases) func agreesWithTheFullSearch(_ one: Case) throws {
    let device = try Self.figures(one.profile)
    try #require(one.values.count == one.form.coefficients.count)
    for row in one.rows {
      let seconds = one.values.withUnsafeBufferPointer {
        one.form.seconds(one.call(row), on: device, $0.baseAddress.unsafelyUnwrapped)
      }
      #expect(abs(seconds / row.seconds - 1) < 1e-9, "\(row)")
    }
  }

  @Test(arguments: cases) func isNeverBelowTheRoofline(_ one: Case) throws {
    let device = try Self.figures(one.profile)
    // A thousandth of every time coefficient and all rates far above their peaks.
    let absurd = one.form.coefficients.map { $0.unit.isEmpty ? $0.high : $0.low }
    let form = CalibratedForm(form: one.form, device: device, values: absurd, surface: nil)
    for row in one.rows {
      let call = one.call(row)
      let floor = Roofline.floor(call, on: device)
      #expect(form.seconds(call) >= floor)
      #expect(floor <= row.seconds)
    }
  }

  @Test func kernelsHaveTheFormOfTheirLibrary() {
    let forms: [(String, any CostForm.Type)] = [
      ("vllm-bf16", LibraryProduct.self), ("trtllm-bf16", LibraryProduct.self),
      ("vllm-fp8", ScaledProduct.self), ("trtllm-int8-wo", WeightOnlyProduct.self),
      ("deepgemm-fp8", BlockScaledProduct.self), ("sglang-fp8-block", BlockScaledProduct.self),
      ("dense-bf16", ColdProduct.self), ("llmcompass-fp16", HostTimedProduct.self),
    ]
    for (kernel, form) in forms {
      #expect(FormCatalog.form(of: "gemm", kernel: kernel) == form)
    }
    #expect(FormCatalog.form(of: "gemm-2:4", kernel: "sparse24-bf16") == TwoFourProduct.self)
    #expect(FormCatalog.form(of: "unheard-of", kernel: "vllm-bf16") == nil)
  }

  static let cases = [
    Case(
      LibraryProduct.self, "nvidia-a100-sxm-80gb", .bf16, .bf16, reuses: 6,
      [
        2.507, 0.9894, 0.8434, 37.04, 4.323, 0.03499, 187.5, 4.078, 0.03889, 2.233, 0.7256,
        0.01457, 1741, 49.84, 1, 0.2561, 0.5654,
      ],
      [
        Row(1, 4096, 4096, 2.6860737206132e-05),
        Row(17, 32, 512, 5.5309673126281e-06),
        Row(700, 6144, 6144, 2.5457251731002e-04),
        Row(4096, 10240, 1024, 3.4941670483758e-04),
        Row(1, 128, 13000, 6.6572438649488e-06),
        Row(300, 1536, 8192, 4.5742271222256e-05),
      ]),
    Case(
      LibraryProduct.self, "nvidia-h200-sxm", .bf16, .bf16, reuses: 6,
      [
        2.43, 0.9337, 0.8264, 83.74, 1.38, 0.1696, 199, 4.185, 0.9454, 2.531, 1.369, 0.221,
        583.3, 0.1617, 10.44, 0.3155, 0.9,
      ],
      [
        Row(1, 4096, 4096, 1.1171310099369e-05),
        Row(129, 7168, 2048, 1.1993263101760e-05),
        Row(2048, 16384, 16384, 1.3768926214298e-03),
        Row(64, 512, 13824, 9.3061388184617e-06),
      ]),
    Case(
      ScaledProduct.self, "nvidia-h200-sxm", .fp8, .fp8, reuses: 6, quantises: true,
      [
        2.79, 0.8674, 0.9974, 236.4, 0.7205, 0.4995, 4.072, 2.662, 0.1515, 0.5626, 2389, 4.052,
        0.3066, 0.5026, 0.9208, 0.1151, 0.2873,
      ],
      [
        Row(1, 4096, 4096, 1.0176159741248e-05),
        Row(129, 16384, 16384, 1.6021487811210e-04),
        Row(40, 1024, 7168, 1.1182496024871e-05),
        Row(100, 4096, 2048, 9.4286256681386e-06),
      ]),
    Case(
      ScaledProduct.self, "nvidia-rtx-pro-6000-server", .fp8, .fp8, reuses: 6, quantises: true,
      [
        2.239, 1.352, 0.8473, 68.06, 1.161, 0.3224, 200.7, 2.845, 0.02223, 0.2983, 12.02, 0.8835,
        0.3455, 0.6042, 0.6168, 0.1496, 0.8538,
      ],
      [
        Row(20, 2048, 2048, 7.9262593264999e-06),
        Row(200, 8192, 4096, 4.0736744956091e-05),
      ]),
    Case(
      WeightOnlyProduct.self, "nvidia-a100-sxm-80gb", .int8, .bf16,
      [
        9.565, 0.858, 0.835, 21.62, 1.109, 0.003833, 118.7, 5.352, 0.8265, 14.41, 21.33,
        0.003595,
      ],
      [
        Row(3, 4096, 4096, 2.1584545524212e-05),
        Row(700, 1536, 512, 1.7093124707746e-05),
      ]),
    Case(
      WeightOnlyProduct.self, "nvidia-a100-sxm-80gb", .int4, .bf16,
      [
        10.28, 0.8155, 0.9008, 15.68, 1, 0.01995, 86.39, 9.835, 0.7904, 19.74, 43.01, 0.004737,
      ],
      [
        Row(1, 12288, 12288, 6.4394468130588e-05)
      ]),
    Case(
      TwoFourProduct.self, "nvidia-h200-sxm", .bf16, .bf16, isTwoFour: true,
      [
        6.493, 0.9344, 0.7438, 3.3, 1.288, 14.11, 1.011, 0.4971, 0.6535,
      ],
      [
        Row(8, 14336, 4096, 8.5303443455076e-05),
        Row(700, 4096, 4096, 3.7574103407042e-05),
      ]),
    Case(
      ColdProduct.self, "nvidia-h200-sxm", .bf16, .bf16,
      [
        4.156, 0.9491, 0.7313, 0.5131, 0.55,
      ],
      [
        Row(1, 4096, 4096, 1.9061504141046e-05),
        Row(4096, 4096, 4096, 1.7142442628533e-04),
      ]),
    Case(
      BlockScaledProduct.self, "nvidia-h100-sxm", .fp8, .fp8,
      [
        4.633, 0.882, 0.7813, 54.32, 0.8907, 0.297,
      ],
      [
        Row(16, 2048, 6144, 1.0867039312005e-05),
        Row(5000, 7168, 2048, 1.1658272707894e-04),
      ]),
  ]
}
