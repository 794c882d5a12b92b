import Diagnostics
import Hardware
import Quantities
import Testing

@testable import ScenarioFiles

@Suite struct ProfileReadingTests {
  @Test func readsEverySection() throws {
    let profile = try ProfileFile.read(text: ProfileSample.text, file: "sample.yaml")
    let gpu = try #require(profile.computeUnit("gpu"))
    #expect(profile.deviceClass == .datacentreGPU)
    #expect(gpu.cores == Figure(108, source: "vendor", basis: .datasheet))
    #expect(gpu.peak(.bf16) == FlopsPerSecond(312e12))
    #expect(gpu.peak(.bf16, .twoFour) == FlopsPerSecond(624e12))
    #expect(gpu.peak(.fp8) == nil)
    #expect(gpu.launch?.source == "bench" && gpu.launch?.basis == .measured)
    let flash = try #require(profile.tier("flash"))
    #expect(flash.reads?.points.count == 2)
    #expect(profile.tier("hbm")?.efficiency?.value(1e6) == 0.5)
    #expect(profile.link("hbm", "flash")?.duplex == .full)
    #expect(profile.kernels.first?.family == "gemv")
    #expect(profile.kernels.first?.kernel == "cublas-bf16")
    #expect(profile.kernels.first?.bandwidthShare.value == 0.88)
    #expect(profile.power?.limit.value == Watts(400))
    #expect(abs((profile.price?.rent?.value.value ?? 0) - 0.001) < 1e-12)
  }

  /// A figure takes source and basis from its group; a source of its own brings its own basis.
  @Test func inheritsSourceAndBasis() throws {
    let profile = try ProfileFile.read(text: ProfileSample.text, file: "sample.yaml")
    let flash = try #require(profile.tier("flash"))
    #expect(flash.bandwidth.source == "bench" && flash.bandwidth.basis == .measured)
    #expect(flash.capacity.source == "vendor" && flash.capacity.basis == .datasheet)
    let reads = try #require(flash.reads)
    #expect(reads.points[0].throughput.source == "bench")
    #expect(reads.points[0].throughput.basis == .measured)
    #expect(reads.points[1].throughput.source == "vendor")
    #expect(reads.points[1].throughput.basis == .datasheet)
    let energy = try #require(profile.computeUnit("gpu")?.energyPerFlop)
    #expect(energy.source == "vendor" && energy.basis == .derived)
  }

  @Test func quotedAndPlainKeysAreOne() throws {
    let text = try #require(ProfileSample.text("\"2:4\": 624", "2:4: 624"))
    let profile = try ProfileFile.read(text: text, file: "sample.yaml")
    #expect(profile.computeUnit("gpu")?.peak(.bf16, .twoFour) == FlopsPerSecond(624e12))
    let twice = try #require(
      ProfileSample.text("\"2:4\": 624 TFLOP/s", "\"2:4\": 624 TFLOP/s, 2:4: 700 TFLOP/s"))
    #expect(ProfileSample.lines(twice).count == 1)
  }

  @Test func pathsAndNames() throws {
    let library = ProfileLibrary(folder: ShippedProfiles.folder)
    let name = "nvidia-h200-sxm"
    #expect(try library.profile(name) == library.profile("\(ShippedProfiles.folder)/\(name).yaml"))
    let fault = #expect(throws: Faults.self) { try library.profile("nvidia-h200-sxn") }
    #expect(
      fault?.faults.map(Diagnostic.line) == [
        "\(ShippedProfiles.folder): error: hardware: there is no profile 'nvidia-h200-sxn'; "
          + "did you mean 'nvidia-h200-sxm'?"
      ])
  }
}
