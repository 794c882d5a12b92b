import Costs
import Hardware
import Programs
import Quantities
import ScenarioFiles
import TestSupport
import Testing

/// The form of host kernels, computed by hand on a machine with round figures.
@Suite struct HostFormTests {
  /// Two cores of 50 GFLOP/s; caches of 32 KiB, 512 KiB and 8 MiB.
  private static let text = """
    schema: 1
    name: box
    title: A machine with round figures
    class: server
    sources: {timed: "by hand, 2026"}
    compute:
      cpu:
        memory: dram
        source: timed
        cores: 2
        peaks: {fp32: {dense: 100 GFLOP/s}}
        core-bandwidth: 15 GB/s
    tiers:
      l1: {kind: cache, source: timed, capacity: 32 KiB, bandwidth: 200 GB/s, core-bandwidth: 100 GB/s}
      l2:
        kind: cache
        source: timed
        capacity: 512 KiB
        bandwidth: 100 GB/s
        core-bandwidth: 50 GB/s
        efficiency: {points: [[64 KiB, 1], [256 KiB, 0.5]]}
      l3: {kind: cache, source: timed, capacity: 8 MiB, bandwidth: 40 GB/s, core-bandwidth: 30 GB/s}
      dram: {kind: memory, source: timed, capacity: 8 GiB, bandwidth: 20 GB/s}
    """

  private func device() throws -> DeviceFigures {
    let file = try TemporaryText(Self.text, name: "box.yaml")
    return try DeviceFigures(ProfileFile.read(contentsOf: file.path))
  }

  struct Rate: Sendable {
    var kib: Double
    var threads: Double
    var gigabytes: Double
  }

  /// Each level, at one core and at two: a core's own caches each hold half of the set of two.
  static let rates: [Rate] = [
    Rate(kib: 32, threads: 1, gigabytes: 100), Rate(kib: 32, threads: 2, gigabytes: 200),
    Rate(kib: 64, threads: 2, gigabytes: 200),
    // In L2: at its whole rate, at half of it, and half way between in the logarithm.
    Rate(kib: 64, threads: 1, gigabytes: 50), Rate(kib: 256, threads: 1, gigabytes: 25),
    Rate(kib: 128, threads: 1, gigabytes: 37.5),
    // 256 KiB a core, at half of 100 GB/s.
    Rate(kib: 512, threads: 2, gigabytes: 50),
    // The last cache and memory hold all, and saturate.
    Rate(kib: 4096, threads: 1, gigabytes: 30), Rate(kib: 4096, threads: 2, gigabytes: 40),
    Rate(kib: 16384, threads: 2, gigabytes: 20), Rate(kib: 16384, threads: 1, gigabytes: 15),
    Rate(kib: 1e9, threads: 1, gigabytes: 15),
  ]

  @Test(arguments: rates)
  func streamRate(_ row: Rate) throws {
    let found = try device().streamRate(workingSet: row.kib * 1024, threads: row.threads)
    #expect(abs(found / (row.gigabytes * 1e9) - 1) < 1e-12)
  }

  struct Priced: Sendable {
    var call: HostCall
    var values: [Double]
    var seconds: Double
    init(
      flops: Double, bytes: Double, pieces: Double, threads: Int, _ values: [Double],
      microseconds: Double
    ) {
      call = HostCall(
        flops: flops, bytes: bytes, workingSet: 16e6, pieces: pieces, threads: threads)
      self.values = values
      seconds = microseconds * 1e-6
    }
  }

  /// `start + (arithmetic³ + bytes³)^(1/3) + pieces × piece`.
  static let priced: [Priced] = [
    // 1e6 flops at half of 50 GFLOP/s: 40 us; no bytes; 100 pieces of 10 ns; start 2 us.
    Priced(flops: 1e6, bytes: 0, pieces: 100, threads: 1, [2, 0.5, 1, 10], microseconds: 43),
    // 15e3 bytes at half of 15 GB/s: 2 us.
    Priced(flops: 0, bytes: 15e3, pieces: 0, threads: 1, [1, 0.5, 0.5, 10], microseconds: 3),
    // Both take 2 us: the cube root of 2 times as long.
    Priced(
      flops: 50e3, bytes: 15e3, pieces: 0, threads: 1, [1, 0.5, 0.5, 10],
      microseconds: 3.5198420997897464),
    // Two threads: twice the arithmetic, pieces shared.
    Priced(flops: 1e6, bytes: 0, pieces: 100, threads: 2, [2, 0.5, 1, 10], microseconds: 22.5),
  ]

  @Test(arguments: priced)
  func seconds(_ row: Priced) throws {
    let device = try device()
    let found = row.values.withUnsafeBufferPointer { values in
      values.baseAddress.map { HostKernelForm.seconds(.host(row.call), on: device, $0) }
    }
    #expect(abs((found ?? 0) / row.seconds - 1) < 1e-9)
    #expect(HostKernelForm.coefficients.count == row.values.count)
  }

  /// No time is below arithmetic at the peak of the threads.
  @Test func floor() throws {
    let call = KernelCall.host(
      HostCall(flops: 5e6, bytes: 1, workingSet: 1, pieces: 0, threads: 1))
    #expect(abs(HostKernelForm.floor(call, on: try device()) - 1e-4) < 1e-15)
    #expect(FormCatalog.form(of: "host", kernel: "gemv-dense-1t") == HostKernelForm.self)
  }
}
