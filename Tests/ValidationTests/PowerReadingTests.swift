import Costs
import Hardware
import NumericalMethods
import Programs
import Quantities
import ScenarioFiles
import TestSupport
import Testing

@testable import Validation

/// What a meter that averages a second shows of a call, by hand.
@Suite struct PowerReadingTests {
  @Test(arguments: [
    // Samples at 0, 0.1, … s; each sees what ran up to 0.1 s before it.
    (0.04, 0.0), (0.3, 0.3 / 4), (1.0, 4.5 / 11), (2.0, 14.5 / 21),
  ])
  func ownShareIsTheMeanOverSamples(run: Double, share: Double) {
    let reading = PowerReading(watts: 500, run: run, isSettled: false)
    #expect(abs(reading.ownShare - share) < 1e-12)
    #expect(PowerReading(watts: 500, run: run, isSettled: true).ownShare == 1)
  }

  @Test(arguments: [
    // A call's seconds, calls of a replay, the host's seconds for one, the run.
    (2e-6, 6.0, 20e-6, 0.036), (100e-6, 6.0, 20e-6, 1.0), (50e-6, 1.0, 100e-6, 0.15),
    (1.0, 6.0, 20e-6, 36.0), (100e-6, 5.0, 150e-6, 100.0 / 150),
  ])
  func collectorsRepeatForASecond(seconds: Double, calls: Double, issue: Double, run: Double) {
    let reading = PowerReading(watts: 500, seconds: seconds, calls: calls, issue: issue, least: 6)
    #expect(abs(reading.run - run) < 1e-9)
    #expect(reading.isResolved == (run >= 0.99))
  }

  @Test func aReadingHoldsWhatCameBefore() {
    let reading = PowerReading(watts: 0, run: 1, isSettled: false)
    // 4.5 of 11 parts are the call's own; of the rest 0.4 s of a second were idle.
    let watts = reading.expected(watts: 692, idle: 122, gap: 0.4)
    #expect(abs(watts - (122 + 570 * (4.5 / 11 + 6.5 / 11 * 0.6))) < 1e-9)
    #expect(abs(reading.expected(watts: 692, idle: 122, gap: 5) - (122 + 570 * 4.5 / 11)) < 1e-9)
    #expect(reading.expected(watts: 692, idle: 122, gap: 0) == 692)
  }
}

/// The fit of a board's energies to readings that known energies made.
@Suite struct PowerFitTests {
  private static let truth = BoardPower(
    idle: 122, sustained: 692, cores: 70, memory: 110e-12, cache: 25e-12, operation: 1.2e-12)

  private func profile() throws -> Profile {
    try ProfileLibrary(folder: Checkout.path("hardware-profiles")).profile("nvidia-h200-sxm")
  }

  private func rows(ms: [Int], slowness: [Double], settled: Bool) throws -> [PowerFit.Row] {
    let device = try DeviceFigures(profile())
    var rows: [PowerFit.Row] = []
    for (group, (n, k)) in [(4096, 4096), (16384, 1024), (1024, 512), (640, 2048)].enumerated() {
      for m in ms {
        for slow in slowness {
          let call = KernelCall.product(
            MatrixCall(
              m: m, n: n, k: k, weights: .bf16, arithmetic: .bf16,
              reuseBytes: (m % 2 == 0 ? 6 : 1) * 2 * Double(n * k)))
          let work = BoardWork(call, on: device)
          let seconds = slow * max(80e-6, Roofline.seconds(call, on: device))
          var reading = PowerReading(watts: 1, run: 2, isSettled: settled)
          reading.watts = reading.expected(
            watts: Self.truth.watts(work, seconds: seconds), idle: 122, gap: 0.2)
          rows.append(
            PowerFit.Row(
              family: "gemm",
              row: MeasuredCall(
                series: 0, call: call, seconds: seconds, reading: reading, group: group, line: 2)))
        }
      }
    }
    return rows
  }

  @Test func findsKnownEnergiesAgain() throws {
    let fit = try #require(try PowerFit(profile()))
    let ms = [1, 2, 7, 16, 65, 512, 4096]
    let rows =
      try rows(ms: ms, slowness: [1, 2], settled: true)
      + rows(ms: ms, slowness: [1.1, 3], settled: false)
    let outcome = try fit.fit(rows)
    let expected = ["gap-s-gemm": 0.2].merging(
      BoardPower.names.map { ($0, Self.truth.coefficient($0) ?? 0) }
    ) { $1 }
    #expect(Set(outcome.coefficients.map(\.name)) == Set(expected.keys))
    for coefficient in outcome.coefficients {
      let value = try #require(expected[coefficient.name])
      #expect(
        abs(coefficient.value / value - 1) < 0.02, "\(coefficient.name) \(coefficient.value)")
    }
    #expect(outcome.groups == 4)
    #expect(outcome.unseenErrors["gemm"]?.count == outcome.rows)
  }

  @Test func namesWhatRowsAtTheLimitLeaveOpen() throws {
    let fit = try #require(try PowerFit(profile()))
    let held = try rows(ms: [8192, 16384, 32768], slowness: [1], settled: true).filter {
      $0.row.reading?.watts == 692
    }
    #expect(held.count >= 6)
    do throws(NumericalFault) {
      _ = try fit.fit(held)
      Issue.record("rows at the limit say nothing of energies")
    } catch {
      guard case .undetermined(let names) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(names.contains("memory-pJ-byte") || names.contains("operation-pJ"))
      #expect(!names.contains("sustained-W"))
    }
  }
}
