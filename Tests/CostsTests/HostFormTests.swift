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

  /// Each level, at one core and at two: a core's own caches each hold half of the set of two.
  @Test(arguments: [
    (32.0 * 1024, 1, 100e9), (32.0 * 1024, 2, 200e9), (64.0 * 1024, 2, 200e9),
    (64.0 * 1024, 1, 50e9),  // in L2, at its whole rate
    (256.0 * 1024, 1, 25e9), (128.0 * 1024, 1, 37.5e9),  // half way in the logarithm: 0.75
    (512.0 * 1024, 2, 50e9),  // 256 KiB a core at half of 100 GB/s
    (4e6, 1, 30e9), (4e6, 2, 40e9), (16e6, 2, 20e9),  // L3 and memory hold all, and saturate
    (16e6, 1, 15e9), (1e12, 1, 15e9),
  ])
  func streamRate(_ set: Double, _ threads: Int, _ rate: Double) throws {
    let found = try device().streamRate(workingSet: set, threads: Double(threads))
    #expect(abs(found / rate - 1) < 1e-12)
  }

  /// `start + (arithmetic³ + bytes³)^(1/3) + pieces × piece`.
  @Test(arguments: [
    // 1e6 flops at half of 50 GFLOP/s: 40 us; no bytes; 100 pieces of 10 ns; start 2 us.
    ([1e6, 0, 16e6, 100, 1], [2.0, 0.5, 1, 10], 43e-6),
    // 15e3 bytes at half of 15 GB/s: 2 us.
    ([0, 15e3, 16e6, 0, 1], [1, 0.5, 0.5, 10], 3e-6),
    // Both take 2 us: the cube root of 2 times as long.
    ([50e3, 15e3, 16e6, 0, 1], [1, 0.5, 0.5, 10], 1e-6 + 2e-6 * 1.2599210498948732),
    // Two threads: twice the arithmetic, pieces shared.
    ([1e6, 0, 16e6, 100, 2], [2, 0.5, 1, 10], 22.5e-6),
  ])
  func seconds(_ sizes: [Double], _ values: [Double], _ expected: Double) throws {
    let call = KernelCall.host(
      HostCall(
        flops: sizes[0], bytes: sizes[1], workingSet: sizes[2], pieces: sizes[3],
        threads: Int(sizes[4])))
    let device = try device()
    let found = values.withUnsafeBufferPointer { values in
      values.baseAddress.map { HostKernelForm.seconds(call, on: device, $0) }
    }
    #expect(abs((found ?? 0) / expected - 1) < 1e-9)
    #expect(HostKernelForm.coefficients.count == values.count)
  }

  /// No time is below arithmetic at the peak of the threads.
  @Test func floor() throws {
    let call = KernelCall.host(
      HostCall(flops: 5e6, bytes: 1, workingSet: 1, pieces: 0, threads: 1))
    #expect(abs(HostKernelForm.floor(call, on: try device()) - 1e-4) < 1e-15)
    #expect(FormCatalog.form(of: "host", kernel: "gemv-dense-1t") == HostKernelForm.self)
  }
}
