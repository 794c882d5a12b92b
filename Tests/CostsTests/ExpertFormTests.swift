import Costs
import Hardware
import Programs
import Quantities
import Testing

/// Expert layers and draws against the formulas computed in Python beside the fits of 2026-11-21.
struct ExpertFormTests {
  struct Row {
    var device: FormDevice
    var values: [Double]
    /// Tokens, hidden, width, local experts, top-k, experts.
    var shape: [Int]
    var exponent: Double
    var tiling: ExpertCall.Tiling
    var isGated: Bool
    var weights: Precision
    var seconds: Double
    init(
      _ device: FormDevice, _ values: [Double], _ shape: [Int], _ exponent: Double,
      _ tiling: ExpertCall.Tiling, _ isGated: Bool, _ weights: Precision, _ seconds: Double
    ) {
      (self.device, self.values, self.shape, self.exponent) = (device, values, shape, exponent)
      (self.tiling, self.isGated, self.weights, self.seconds) = (tiling, isGated, weights, seconds)
    }
  }

  @Test(arguments: rows.indices)
  func libraryFormEqualsReference(place: Int) throws {
    let row = Self.rows[place]
    let shape = row.shape
    let draw = ExpertDraw(
      exponent: row.exponent, tokens: shape[0], experts: shape[5], topK: shape[4],
      devices: shape[5] / shape[3])
    let call = ExpertCall(
      tokens: shape[0], hidden: shape[1], inner: shape[2], topK: shape[4], experts: shape[5],
      expertParallel: draw.devices, isGated: row.isGated,
      routing: row.exponent == 0 ? .balanced : .powerLaw(exponent: row.exponent),
      weights: row.weights, arithmetic: row.weights == .fp8 ? .fp8 : .bf16, isCold: false,
      load: draw.outcome().load, passingSlots: Double(shape[0] * shape[4]), tiling: row.tiling)
    let device = try DeviceFigures(try row.device.profile())
    let seconds = row.values.withUnsafeBufferPointer { values in
      values.baseAddress.map { LibraryExpertForm.seconds(.experts(call), on: device, $0) }
    }
    #expect(abs((seconds ?? 0) / row.seconds - 1) < 1e-9)
  }

  static let triton: [Double] = [
    10.810724826250734, 1.3617163914465245, 1.1999967757272334, 1.3765037775258935,
    0.9173178200804797, 1.1200405701835643, 0.9999999999609966, 81.00730516311886,
    0.9403452574410995, 0.0030000000707536612, 0.09437434953998387, 0.02611212541390627,
    0.003000000006616666, 10.393079398141772, 1.0028105780355971, 0.2753415853059235,
    0.6361972532703671, 0.10572921074705567, 0.8991665372621183,
  ]
  static let marlin: [Double] = [
    40.96213709268445, 1.1085364549742005, 0.6032393129554253, 4.1461100574180065, 1.0,
    2.9999999999999996, 0.621022740924016, 12.848484100678386, 0.14677927408963642,
    0.003000000000012139, 1.5, 0.001000000000000001, 0.0030000000000000044, 199.9999999998454,
    1.0000000000000093, 0.5, 0.7, 0.3, 0.8,
  ]
  static let tuned: [Double] = [
    29.044893885964548, 0.025770524321465656, 0.46844278593815014, 2.348651567317835,
    0.8880817970299814, 0.5736306584403364, 0.9576317896439029, 38.46021028358509,
    0.7177099392255197, 0.08229987212990915, 1.4916857946470172, 0.03293230908734047,
    0.4523796948103862, 199.99884737227916, 5.962468563639881, 0.5, 0.7, 0.3, 0.8,
  ]
  static let cutlass: [Double] = [
    29.646343449391708, 0.6959207126782633, 0.25216620356552194, 0.020266643101324092,
    0.1258784877428472, 0.1598663080033454, 0.3037821756411226, 66.04545492106512,
    0.010000186135246324, 0.021115654333131305, 1.4643094904678087, 0.46840958411333145,
    3.9998979491133033, 199.8468160423939, 2.6292754713905517, 0.5, 0.7, 0.3, 0.8,
  ]
  static let mxfp4: [Double] = [
    1.052028960060444, 1.5171936176879541, 0.8139893761093013, 0.020032816934342283,
    0.9999995038012826, 0.10707481696363394, 1.0, 68.47315359577695, 0.4582169756346118,
    0.5999999999999999, 1.1417502932422299, 0.0010013323201503296, 0.5883679467352637,
    6.456313124020222, 1.0, 0.5, 0.7, 0.3, 0.8,
  ]

  static let rows: [Row] = [
    Row(
      .h200, triton, [1, 2048, 768, 128, 8, 128], 0.0, .small, true, .bf16, 5.48435304991684e-05),
    Row(
      .h200, triton, [64, 2048, 768, 128, 8, 128], 0.0, .small, true, .bf16, 0.00032221204069798036),
    Row(
      .h200, triton, [256, 2048, 768, 128, 8, 128], 1.2, .large, true, .bf16, 0.00047736796794995345
    ),
    Row(
      .h200, triton, [4096, 2048, 768, 128, 8, 128], 1.01, .large, true, .bf16, 0.001498260692280567
    ),
    Row(
      .h200, triton, [512, 2048, 768, 128, 8, 128], 0.0, .best, true, .bf16, 0.0003204177484848382),
    Row(
      .a100, marlin, [1, 4096, 1536, 32, 8, 128], 0.0, .best, true, .int4, 5.467464787626644e-05),
    Row(
      .a100, marlin, [128, 4096, 1536, 32, 8, 128], 1.2, .best, true, .int4, 0.0003430480512653815),
    Row(
      .a100, marlin, [8192, 4096, 1536, 32, 8, 128], 0.0, .best, true, .int4, 0.0066421666487245885),
    Row(
      .h200, tuned, [8, 4096, 1000, 64, 6, 64], 0.0, .rows(place: 0), true, .bf16,
      0.00031152211066581164),
    Row(
      .h200, tuned, [300, 4096, 1000, 64, 6, 64], 1.2, .rows(place: 1), true, .bf16,
      0.0004535109667781313),
    Row(
      .h200, tuned, [1000, 4096, 1000, 64, 6, 64], 0.0, .rows(place: 2), true, .bf16,
      0.0005911793162281965),
    Row(
      .h200, tuned, [16384, 4096, 1000, 64, 6, 64], 1.01, .rows(place: 3), true, .bf16,
      0.005012031060690085),
    Row(
      .h200, cutlass, [2, 7168, 2048, 32, 8, 256], 0.0, .best, true, .fp8, 0.00019471423363166132),
    Row(
      .h200, cutlass, [700, 7168, 2048, 32, 8, 256], 1.2, .best, true, .fp8, 0.0023990361066624864),
    Row(
      .h200, cutlass, [6000, 7168, 2048, 32, 8, 256], 0.0, .best, true, .fp8, 0.0030632054423578277),
    Row(.h200, mxfp4, [16, 2880, 2880, 32, 4, 32], 0.0, .best, false, .fp4, 0.0001687130839230388),
    Row(
      .h200, mxfp4, [2000, 2880, 2880, 32, 4, 32], 1.2, .best, false, .fp4, 0.0007023981022487712),
  ]

  @Test(arguments: plainRows.indices)
  func plainFormEqualsReference(place: Int) throws {
    let (shape, reference) = Self.plainRows[place]
    let call = ExpertCall(
      tokens: shape[0], hidden: shape[1], inner: shape[2], topK: shape[3], experts: shape[4],
      routing: .counted(active: shape[5], mostLoaded: shape[6]), weights: .bf16, arithmetic: .bf16,
      isCold: true,
      load: ExpertLoad(
        falling: Double(shape[0] * shape[3]), over: shape[5], from: Double(shape[6]),
        tokens: Double(shape[0])))
    let device = try DeviceFigures(try FormDevice.h200.profile())
    let seconds = Self.plainValues.withUnsafeBufferPointer { values in
      values.baseAddress.map { PlainExpertForm.seconds(.experts(call), on: device, $0) }
    }
    #expect(abs((seconds ?? 0) / reference - 1) < 1e-9)
  }

  /// Tokens, hidden, width, top-k, experts, active experts, tokens of the busiest; seconds.
  static let plainRows: [([Int], Double)] = [
    ([1, 4096, 14336, 2, 8, 2, 1], 0.0003243443075905437),
    ([64, 4096, 14336, 2, 8, 8, 48], 0.0010266668273597338),
    ([4096, 2048, 1408, 6, 64, 64, 1891], 0.0011254685919142057),
    ([16, 2048, 768, 8, 128, 70, 11], 0.0002560242671992281),
    ([1024, 7168, 2048, 8, 256, 256, 44], 0.007676421498489708),
  ]
  static let plainValues = [23.89, 0.01001, 0.6384, 0.9061, 0.8955, 95.39, 0.9656, 0.2033]
}
