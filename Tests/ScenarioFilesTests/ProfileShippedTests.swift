import Hardware
import Quantities
import Testing

@testable import ScenarioFiles

@Suite struct ProfileShippedTests {
  static let library = ProfileLibrary(folder: ShippedProfiles.folder)

  @Test func theSetIsWhole() {
    let names = Set(Self.library.names())
    for name in [
      "nvidia-a100-sxm-80gb", "nvidia-a100-pcie-80gb", "nvidia-h100-sxm", "nvidia-h200-sxm",
      "nvidia-l40s", "nvidia-rtx-4090", "nvidia-rtx-3090", "nvidia-jetson-agx-orin-64gb",
      "nvidia-jetson-orin-nano-8gb", "raspberry-pi-5-nvme", "snapdragon-8-gen-3-ufs4",
      "oneplus-15r", "apple-m1-max", "apple-m2-ultra", "epyc-genoa-ddr5", "xeon-ddr4", "nvme-gen3",
      "nvme-gen4", "nvme-gen5", "a100-sxm-pcie4-ddr4", "rtx-4090-pcie4-ddr5-desktop",
      "nvidia-h200-server",
    ] { #expect(names.contains(name), "\(name)") }
  }

  @Test(arguments: library.names())
  func readsWithoutAFault(name: String) throws {
    let profile = try Self.library.profile(name)
    #expect(profile.name == name)
    #expect(!profile.tiers.isEmpty)
    for unit in profile.computeUnits {
      #expect(profile.tier(unit.memory) != nil)
      #expect(!unit.peaks.isEmpty)
    }
    for source in profile.sources.values { #expect(source.count > 10) }
  }

  /// A machine whose data comes from another tier needs a path from each tier to a compute unit.
  @Test(arguments: library.names())
  func everyStorageOfAMachineIsLinked(name: String) throws {
    let profile = try Self.library.profile(name)
    guard !profile.computeUnits.isEmpty else { return }
    for tier in profile.tiers where tier.kind == .storage {
      #expect(profile.links.contains { $0.far == tier.name }, "\(tier.name)")
    }
  }

  /// The figures of the H200 data sheet and of the run that the profile quotes.
  @Test func h200Server() throws {
    let profile = try Self.library.profile("nvidia-h200-server")
    #expect(profile.computeUnit("gpu")?.peak(.bf16) == FlopsPerSecond(989e12))
    #expect(profile.tier("hbm")?.bandwidth.value == BytesPerSecond(4.8e12))
    let reads = try #require(profile.tier("flash")?.reads)
    // 4,096 bytes in 29.382 us.
    let rate = reads.throughput(chunk: Bytes(4096), depth: 1).value
    #expect(abs(rate / (4096 / 29.382e-6) - 1) < 1e-3)
    // 33,554,432 bytes in 658.944 us less 3.488 us of launch, over 63 GB/s.
    let gather = try #require(profile.link("ddr", "hbm")?.gather?.value(2048))
    #expect(abs(gather - 33_554_432 / 655.456e-6 / 63e9) < 1e-4)
  }

  @Test func sumsStatePartsThatSayNothing() throws {
    let profile = try Self.library.profile("a100-sxm-pcie4-ddr4")
    #expect(profile.power?.limit == Figure(Watts(400), source: "parts", basis: .derived))
    #expect(
      profile.sources["parts"]
        == "sum of power: nvidia-a100-sxm-80gb (not stated: xeon-ddr4, nvme-gen4); "
        + "rent: nvidia-a100-sxm-80gb (not stated: xeon-ddr4, nvme-gen4)")
  }
}
