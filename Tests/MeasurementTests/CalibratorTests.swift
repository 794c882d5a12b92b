import Costs
import Hardware
import NumericalMethods
import Programs
import Quantities
import ScenarioFiles
import TestSupport
import Testing

@testable import Validation

/// Fits of large tables are to some of the rows, and say the same as fits of all.
@Suite struct CalibratorTests {
  /// The coefficients that the synthetic tables are made with: start, row rate, share, overlap.
  private static let truth = [4.0, 1.5, 0.8, 4]

  private static func device() throws -> DeviceFigures {
    let library = ProfileLibrary(folder: Checkout.path("hardware-profiles"))
    return try DeviceFigures(try library.profile("nvidia-h200-sxm"))
  }

  /// Gathers of 60 row sizes with 100 numbers of rows each, off by up to 8 % either way.
  private static func table(on device: DeviceFigures) -> [MeasuredCall] {
    let form = CalibratedForm(
      form: DeviceGatherForm.self, device: device, values: truth, surface: nil)
    var noise = KeyedStream(seed: 7, purpose: "calibrator-tests")
    return (0..<60).flatMap { size in
      (0..<100).map { step in
        let rowBytes = 64 * Elementary.power(1.1, Double(size))
        let rows = Int(100 * Elementary.power(1.1, Double(step)))
        let call = KernelCall.transfer(
          TransferCall(way: .deviceGather, bytes: rowBytes * Double(rows), pieces: rows))
        let seconds = form.seconds(call) * (1 + 0.08 * (2 * noise.uniform() - 1))
        return MeasuredCall(series: 0, call: call, seconds: seconds, group: size, line: 0)
      }
    }
  }

  @Test func aFitToSomeRowsAgreesWithThatToAll() throws {
    let device = try Self.device()
    let rows = Self.table(on: device)
    var calibrator = Calibrator(form: DeviceGatherForm.self, device: device)
    let few = try calibrator.calibrate(rows)
    calibrator.mostCalls = rows.count
    let all = try calibrator.calibrate(rows)
    #expect(few.rows == 6000 && few.fittedRows == Calibrator.enoughCalls)
    #expect(all.fittedRows == 6000)
    // Errors are of all rows, whichever were fitted.
    #expect(few.unseenErrors.count == 6000 && all.unseenErrors.count == 6000)
    for (place, one) in few.coefficients.enumerated() {
      // A sixth of the rows leaves an interval sqrt(6) as wide; noise is a draw for both.
      let (other, known) = (all.coefficients[place], Self.truth[place])
      #expect((one.low...one.high).contains(other.value), "\(one.name)")
      #expect((one.low * 0.99...one.high * 1.01).contains(known), "\(one.name)")
      #expect(one.high - one.low < 4 * (other.high - other.low), "\(one.name)")
      #expect(one.high - one.low > other.high - other.low, "\(one.name)")
    }
    // Noise of up to 8 %, evenly: 4 % on average.
    let mean = few.unseenErrors.reduce(0) { $0 + abs($1) } / 6000
    let full = all.unseenErrors.reduce(0) { $0 + abs($1) } / 6000
    #expect(abs(mean - 0.04) < 0.002)
    #expect(abs(mean - full) < 0.001)
  }

  @Test func theSameTableGivesTheSameFit() throws {
    let device = try Self.device()
    let rows = Self.table(on: device)
    let calibrator = Calibrator(form: DeviceGatherForm.self, device: device)
    let (one, other) = (try calibrator.calibrate(rows), try calibrator.calibrate(rows))
    #expect(one.coefficients == other.coefficients)
    #expect(one.unseenErrors == other.unseenErrors)
  }

  @Test func someRowsOfEachGroupAndAllSizesAreFitted() throws {
    let rows = Self.table(on: try Self.device())
    let cases = Calibrator.merged(rows)
    #expect(cases.count == rows.count)
    let few = ShapeSample.thinned(cases, to: 1000)
    #expect(few.count == 1000)
    #expect(Set(few.map(\.call)).count == 1000)
    let counts = Dictionary(grouping: few, by: \.group).mapValues(\.count)
    #expect(counts.count == 60)
    #expect(counts.values.allSatisfy { (16...17).contains($0) })
    // Every group is timed at the same 100 numbers of rows; together the sample has them all.
    var pieces: Set<Int> = []
    for one in few {
      guard case .transfer(let call) = one.call else { continue }
      pieces.insert(call.pieces)
    }
    #expect(pieces.count > 95)
    // No group is left out at one end of its sizes: the first and last sixth of each is there.
    for (group, members) in Dictionary(grouping: few, by: \.group) {
      let all = cases.filter { $0.group == group }.map(\.call.bytes).sorted()
      #expect(members.contains { $0.call.bytes <= all[6] }, "\(group)")
      #expect(members.contains { $0.call.bytes >= all[93] }, "\(group)")
    }
  }

  @Test func aSmallTableIsFittedWhole() throws {
    let cases = Calibrator.merged(Array(Self.table(on: try Self.device()).prefix(900)))
    let few = ShapeSample.thinned(cases, to: 1000)
    #expect(few.map(\.seconds) == cases.map(\.seconds))
  }

  @Test func moreGroupsThanPlacesStillGiveThatMany() throws {
    let cases = Calibrator.merged(Self.table(on: try Self.device()))
    let few = ShapeSample.thinned(cases, to: 25)
    #expect(few.count == 25)
    #expect(Set(few.map(\.group)).count == 25)
  }
}
