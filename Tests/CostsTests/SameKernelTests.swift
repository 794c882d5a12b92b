import Costs
import Hardware
import ScenarioFiles
import TestSupport
import Testing

/// What an H20 inherits from an H800, and an RTX PRO 6000 from an RTX 4090.
///
/// By hand: in a cycle of a core an H20 multiplies 148 / (78 x 1.98) and an H800 989 / (132 x 1.98)
/// Tflop, 0.253247 of it. A share of 0.8 becomes 1 / (1 + 0.25 x 0.253247) = 0.940458; 60 rows become
/// 15.1948.
struct SameKernelTests {
  private static func figures(_ name: String) throws -> DeviceFigures {
    try DeviceFigures(ProfileLibrary(folder: Checkout.path("hardware-profiles")).profile(name))
  }

  private static func inherited(
    _ form: any CostForm.Type, from donor: String, to device: String,
    setting values: [String: Double]
  ) throws -> [String: Double] {
    let given = form.coefficients.map { values[$0.name] ?? $0.start }
    let found = form.inheritance(given, from: try figures(donor), to: try figures(device))
    return Dictionary(uniqueKeysWithValues: zip(form.coefficients.map(\.name), found))
  }

  @Test func narrowerUnitsLeaveTheSameCycles() throws {
    let set = ["arithmetic-share": 0.8, "tile-rows": 60]
    let found = try Self.inherited(
      GroupedProductForm.self, from: "nvidia-h800", to: "nvidia-h20", setting: set)
    #expect(abs((found["arithmetic-share"] ?? 0) - 0.940458) < 1e-6)
    #expect(abs((found["tile-rows"] ?? 0) - 15.1948) < 1e-4)
    // An A100 runs other kernels, which are written for its unit.
    let other = try Self.inherited(
      GroupedProductForm.self, from: "nvidia-h800", to: "nvidia-a100-sxm-80gb", setting: set)
    #expect(other["arithmetic-share"] == 0.8 && other["tile-rows"] == 60)
  }

  /// At peak the H20 draws 0.2095 of the power that the H800 draws for each watt of its limit, so a
  /// board that would exceed it by 35 % becomes one that does not reach it.
  @Test func aBoardThatStaysBelowItsLimitDoesNotSlowDown() throws {
    let values = ["derating": 0.35, "arithmetic-share": 0.75]
    let found = try Self.inherited(
      FlashAttention3Prefill.self, from: "nvidia-h800", to: "nvidia-h20", setting: values)
    #expect(found["derating"] == 0.001)
    let back = try Self.inherited(
      FlashAttention3Prefill.self, from: "nvidia-h20", to: "nvidia-h800", setting: values)
    #expect(back["derating"] == 0.35)
    #expect((back["arithmetic-share"] ?? 1) < 0.5)
  }

  /// A key is 32,768 flops of a core's 1.289 and 2.488 Tflop/s, 25.42 and 13.169 ns; the other 6.98 ns
  /// of 32.4 are cycles at 2.52 and 2.43 GHz.
  @Test func aKeyIsMultipliedAtThePeakAndTheRestIsCycles() throws {
    let found = try Self.inherited(
      MixedAttentionForm.self, from: "nvidia-rtx-4090", to: "nvidia-rtx-pro-6000-server",
      setting: ["key": 32.4, "chain-key": 20])
    #expect(abs((found["key"] ?? 0) - 20.4073) < 1e-3)
    // Less than the stated peak takes: all of it is arithmetic.
    #expect(abs((found["chain-key"] ?? 0) - 10.3610) < 1e-3)
  }
}
