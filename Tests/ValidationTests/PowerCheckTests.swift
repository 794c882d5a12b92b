import Costs
import Hardware
import ScenarioFiles
import TestSupport
import Testing
import Validation

/// The shipped readings of settled loads beside the shipped figures.
@Suite struct PowerCheckTests {
  private func report(_ files: [String]) throws -> CheckReport {
    let library = ProfileLibrary(folder: Checkout.path("hardware-profiles"))
    let profile = try library.profile("nvidia-h200-sxm")
    let tables = try files.map {
      try MeasurementFile.read(contentsOf: Checkout.path("measurements/h200_supplement/\($0)"))
    }
    var report = CheckReport(files: files)
    try PowerChecker { device in
      profile.aliases.contains(device) ? profile : nil
    }.check(tables, into: &report)
    return report
  }

  @Test func settledLoadsArePredictedWithin12Percent() throws {
    let report = try report([
      "power_gemm.csv", "power_generation_attention.csv", "power_context_attention.csv",
    ])
    #expect(
      Set(report.sections.map(\.family)) == [
        "power-gemm", "power-attention-decode", "power-attention-prefill",
      ])
    #expect(report.skipped.isEmpty)
    for section in report.sections {
      #expect(section.summary.mean < 0.12, "\(section.family) \(section.summary.mean)")
      #expect(!section.isOfTime)
    }
  }

  @Test func rowsOfPowerAreNoRowsOfTime() throws {
    let table = try MeasurementFile.read(
      contentsOf: Checkout.path("measurements/h200_supplement/power_gemm.csv"))
    #expect(table.rows.allSatisfy { $0.reading?.isSettled == true })
    let library = ProfileLibrary(folder: Checkout.path("hardware-profiles"))
    let profiles = [try library.profile("nvidia-h200-sxm")]
    let report = try Checker(book: KernelBook(profiles)) { _ in profiles[0] }.check([table])
    #expect(report.sections.isEmpty)
  }
}
