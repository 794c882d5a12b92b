import Costs
import Hardware
import Programs
import Quantities
import ScenarioFiles
import TestSupport
import Testing

/// The forms of transfers, collectives and small feed-forward layers against the formulas computed
/// in Python beside the fits of 2026-11-21.
struct TransferFormTests {
  struct Row {
    var form: any CostForm.Type
    var call: KernelCall
    var values: [Double]
    var seconds: Double
    init(_ form: any CostForm.Type, _ call: KernelCall, _ values: [Double], _ seconds: Double) {
      (self.form, self.call, self.values, self.seconds) = (form, call, values, seconds)
    }
  }

  @Test(arguments: rows.indices)
  func formEqualsReference(place: Int) throws {
    let row = Self.rows[place]
    let device = try DeviceFigures(try FormDevice.h200.profile())
    let seconds = row.values.withUnsafeBufferPointer { values in
      values.baseAddress.map { row.form.seconds(row.call, on: device, $0) }
    }
    #expect(row.values.count == row.form.coefficients.count)
    #expect(abs((seconds ?? 0) / row.seconds - 1) < 1e-9, "\(row.form)")
  }

  /// By hand, at 150 GB/s, half of an A100's 300 to a peer: devices, bytes, microseconds.
  static let customReduces: [(Int, Double, Double)] = [
    (2, 1.5e6, 15), (4, 1e6, 19), (8, 1.5e5, 12), (8, 16_777_216, 235.734186666666667),
  ]

  @Test(arguments: customReduces)
  func customReduceTakesTheWayOfItsSize(devices: Int, bytes: Double, us: Double) throws {
    let device = try DeviceFigures(try FormDevice.a100.profile())
    let call = KernelCall.collective(
      CollectiveCall(pattern: .allReduce, devices: devices, bytes: bytes))
    let values: [Double] = [5, 0.5, 1, 0.5, 40, 0.5, 1, 0.1]
    let seconds = values.withUnsafeBufferPointer { values in
      values.baseAddress.map { CustomReduceForm.seconds(call, on: device, $0) }
    }
    #expect(abs((seconds ?? 0) * 1e6 / us - 1) < 1e-9)
  }

  /// One protocol at a time at 450 GB/s, the others made too slow to count: devices, bytes, values,
  /// microseconds.
  ///
  /// LL: 5 + 7 x 0.5, and 36,000 x 7/8 bytes at 450 GB/s x 0.01 x 1.5²: 3.1111. LL128: 5 + 2 + 3 x 1.5,
  /// and 3 MB x 1.5 at a quarter of 450 x 1.25 GB/s: 32. Simple: 5 + 2 + 10 + 3, and 90 MB at 360 GB/s.
  static let protocols: [(CollectiveCall, [Double], Double)] = [
    (
      CollectiveCall(pattern: .allGather, devices: 8, bytes: 36_000),
      [5, 0.5, 0.01, 1e6, 0.25, 1e6, 0.8, 1.1, 1.5, 3, 1.5], 11.61111111111111
    ),
    (
      CollectiveCall(pattern: .allReduce, devices: 4, bytes: 3e6),
      [5, 0.5, 1e-9, 2, 0.25, 1e6, 0.8, 1.1, 1.5, 3, 1.25], 43.5
    ),
    (
      CollectiveCall(pattern: .allReduce, devices: 2, bytes: 90e6),
      [5, 0.5, 1e-9, 2, 1e-9, 10, 0.8, 1.1, 1.5, 3, 1.25], 270
    ),
  ]

  @Test(arguments: protocols.indices)
  func everyProtocolHasItsOwnHop(place: Int) throws {
    let (call, values, us) = Self.protocols[place]
    let device = try DeviceFigures(try FormDevice.h200.profile())
    let seconds = values.withUnsafeBufferPointer { values in
      values.baseAddress.map { CollectiveForm.seconds(.collective(call), on: device, $0) }
    }
    #expect(values.count == CollectiveForm.coefficients.count)
    #expect(abs((seconds ?? 0) * 1e6 / us - 1) < 1e-6)
  }

  static let rows: [Row] = [
    Row(
      GatheredProductForm.self,
      .gatheredFeedForward(
        FeedForwardCall(hidden: 4096, inner: 11008, neurons: 512, precision: .bf16)),
      [20.28, 4.18, 0.8949, 0.001008, 2.489], 2.641287369263547e-05),
    Row(
      GatheredProductForm.self,
      .gatheredFeedForward(
        FeedForwardCall(hidden: 5120, inner: 13824, neurons: 8000, precision: .bf16)),
      [20.28, 4.18, 0.8949, 0.001008, 2.489], 6.364706430116846e-05),
    Row(
      DenseVectorProductForm.self,
      .gatheredFeedForward(
        FeedForwardCall(hidden: 4096, inner: 11008, neurons: nil, precision: .bf16)),
      [24.04, 0.9074], 6.544839027257364e-05),
    Row(
      DeviceCopyForm.self, .transfer(TransferCall(way: .deviceCopy, bytes: 32768.0, pieces: 1)),
      [2.204, 2.483, 0.887], 3.967442492440049e-06),
    Row(
      DeviceCopyForm.self, .transfer(TransferCall(way: .deviceCopy, bytes: 268435456.0, pieces: 1)),
      [2.204, 2.483, 0.887], 6.773553814355506e-05),
    Row(
      DeviceGatherForm.self,
      .transfer(TransferCall(way: .deviceGather, bytes: 134217728.0, pieces: 4194304)),
      [1.532, 1.661, 0.8529, 4.22], 0.0025266999776397104),
    Row(
      DeviceGatherForm.self,
      .transfer(TransferCall(way: .deviceGather, bytes: 536870912.0, pieces: 65536)),
      [1.532, 1.661, 0.8529, 4.22], 0.00013286564152748418),
    Row(
      LinkCopyForm.self, .transfer(TransferCall(way: .hostToDevice, bytes: 1048576.0, pieces: 1)),
      [8.479, 0.8868253968253968], 2.7247140325756222e-05),
    Row(
      PageableCopyForm.self,
      .transfer(TransferCall(way: .pageableHostToDevice, bytes: 65536.0, pieces: 1)),
      [17.41, 25.91, 19.49, 2.898, 2.5], 2.243937111716898e-05),
    Row(
      PageableCopyForm.self,
      .transfer(TransferCall(way: .pageableHostToDevice, bytes: 67108864.0, pieces: 1)),
      [17.41, 25.91, 19.49, 2.898, 2.5], 0.003463153005357824),
    Row(
      PageableCopyForm.self,
      .transfer(TransferCall(way: .pageableHostToDevice, bytes: 16384.0, pieces: 1)),
      [17.41, 25.91, 19.49, 2.898, 2.5], 1.804234272502947e-05),
    Row(
      ScatteredCopyForm.self,
      .transfer(TransferCall(way: .hostToDevice, bytes: 65536.0, pieces: 16)),
      [11.36, 0.8141269841269841, 3.533, 1.492], 0.00014162512),
    Row(
      ScatteredCopyForm.self,
      .transfer(TransferCall(way: .hostToDevice, bytes: 134217728.0, pieces: 128)),
      [11.36, 0.8141269841269841, 3.533, 1.492], 0.0028078160857867027),
    Row(
      ZeroCopyGatherForm.self,
      .transfer(TransferCall(way: .zeroCopyGather, bytes: 33554432.0, pieces: 262144)),
      [20.0, 57.67, 0.8406349206349206, 2000], 0.004856504525760252),
    Row(
      ZeroCopyGatherForm.self,
      .transfer(TransferCall(way: .zeroCopyGather, bytes: 33554432.0, pieces: 2048)),
      [20.0, 57.67, 0.8406349206349206, 2000], 0.0006535991321591169),
    Row(
      RandomReadForm.self, .storageRead(StorageCall(chunkBytes: 4096, depth: 1)),
      [29.54, 9.488, 1.025369978858351, 0.7066907101106827, 0.6209], 3.110469960208441e-05),
    Row(
      RandomReadForm.self, .storageRead(StorageCall(chunkBytes: 524288, depth: 16)),
      [29.54, 9.488, 1.025369978858351, 0.7066907101106827, 0.6209], 0.00018950584583841515),
    Row(
      FlashLaneForm.self, .storageRead(StorageCall(chunkBytes: 131072, depth: 2)),
      [197.7, 6.0, 0.7660738714090287, 0.04673, 1.639], 0.00012913253859279914),
    Row(
      FlashLaneForm.self, .storageRead(StorageCall(chunkBytes: 4194304, depth: 16)),
      [197.7, 6.0, 0.7660738714090287, 0.04673, 1.639], 0.0017401341532533266),
    Row(
      CollectiveForm.self,
      .collective(CollectiveCall(pattern: .allReduce, devices: 2, bytes: 4096)),
      [
        4.27, 1.91, 0.0099, 1.04, 0.327, 15.6, 0.666, 1.139183377222115, 1.91, 1.91,
        1.139183377222115,
      ], 6.575041060209778e-06),
    Row(
      CollectiveForm.self,
      .collective(CollectiveCall(pattern: .allReduce, devices: 8, bytes: 1048576)),
      [
        4.27, 1.91, 0.0099, 1.04, 0.327, 15.6, 0.666, 1.139183377222115, 1.91, 1.91,
        1.139183377222115,
      ], 2.80292440694498e-05),
    Row(
      CollectiveForm.self,
      .collective(CollectiveCall(pattern: .allGather, devices: 4, bytes: 67108864)),
      [
        4.21, 1.1, 0.00749, 0.709, 0.242, 15.4, 0.572, 1.1655411981345596, 1.1, 1.1,
        1.1655411981345596,
      ], 0.00019132570530324035),
    Row(
      CollectiveForm.self,
      .collective(CollectiveCall(pattern: .allToAll, devices: 8, bytes: 65536)),
      [
        6.54, 0.244, 0.028, 3.23, 0.0532, 2.12, 0.612, 1.0459399316786293, 0.244, 0.244,
        1.0459399316786293,
      ], 1.145786607697575e-05),
    Row(
      CollectiveForm.self,
      .collective(CollectiveCall(pattern: .reduceScatter, devices: 2, bytes: 65536)),
      [
        4.36, 0.97, 0.00608, 0.645, 0.271, 11.7, 0.521, 1.2083178433899424, 0.97, 0.97,
        1.2083178433899424,
      ], 6.243298748041488e-06),
  ]
}

/// Devices whose figures the references were computed with.
enum FormDevice: String {
  case h200 = "nvidia-h200-server"
  case a100 = "nvidia-a100-sxm-80gb"

  func profile() throws -> Profile {
    try ProfileLibrary(folder: Checkout.path("hardware-profiles")).profile(rawValue)
  }
}
