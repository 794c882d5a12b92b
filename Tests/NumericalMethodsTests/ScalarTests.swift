import Foundation
import NumericalMethods
import Testing

@Suite struct RootAndMinimumTests {
  @Test func roots() throws {
    #expect(abs(try RootFinding.brent(from: 0, to: 2) { $0 * $0 - 2 } - 2.0.squareRoot()) < 1e-12)
    #expect(abs(try RootFinding.brent(from: 0, to: 1) { cos($0) - $0 } - 0.739_085_133_215) < 1e-12)
    #expect(try RootFinding.brent(from: 0, to: 2) { $0 } == 0)
    #expect(throws: NumericalFault.noSignChange(low: 1, high: 2)) {
      try RootFinding.brent(from: 1, to: 2) { $0 }
    }
    #expect(throws: NumericalFault.notFinite(argument: "function", index: 0)) {
      try RootFinding.brent(from: -1, to: 1) { $0 < -0.5 ? -1 : $0 > 0.5 ? 1 : .nan }
    }
  }

  @Test func minima() throws {
    #expect(abs(try Minimisation.brent(from: 0, to: 5) { ($0 - 2) * ($0 - 2) } - 2) < 1e-6)
    #expect(abs(try Minimisation.brent(from: 0, to: 6) { cos($0) } - Double.pi) < 1e-6)
    #expect(try Minimisation.brent(from: 1, to: 3) { $0 } == 1)
    #expect(try Minimisation.brent(from: 1, to: 3) { -$0 } == 3)
    #expect(abs(try Minimisation.brent(from: 0, to: 1) { abs($0 - 0.001) } - 0.001) < 1e-6)
    // The slope of x + 4/x is 1 - 4/x²: zero at 2.
    #expect(abs(try Minimisation.brent(from: 0.5, to: 9) { $0 + 4 / $0 } - 2) < 1e-6)
    #expect(throws: NumericalFault.outOfRange(argument: "high", found: 0, allowed: "above 1.0")) {
      try Minimisation.brent(from: 1, to: 0) { $0 }
    }
  }
}

/// Functions of whole numbers, as plans look for the least of.
@Suite struct MinimaOfStepsTests {
  @Test func aValleyOfStepsIsFoundInFewValues() throws {
    // (n - 41)² over 0 to 63: a first look at five places, of which 47.25 is lowest.
    var seen: Set<Int> = []
    let place = try Minimisation.brent(from: 0, to: 63, scan: 4, tolerance: 0.5 / 64) {
      let whole = Int($0.rounded())
      seen.insert(whole)
      return Double((whole - 41) * (whole - 41))
    }
    #expect(place.rounded() == 41)
    #expect(seen.count < 20, "\(seen.count) values")
  }

  @Test func aFunctionWithoutAValleyIsLeastAtItsStart() throws {
    #expect(try Minimisation.brent(from: 2, to: 9, scan: 4, tolerance: 0.05) { _ in 7 } == 2)
  }
}

@Suite struct SplineTests {
  @Test func lines() throws {
    let line = try Spline(x: [0, 1, 3], y: [0, 2, 0], kind: .linear)
    #expect(try line.value(at: 0.25) == 0.5)
    #expect(try line.value(at: 2) == 1)
    #expect(try line.slope(at: 2) == -1)
  }

  @Test func monotoneAndThroughThePoints() throws {
    let (x, y) = ([0.0, 1, 2, 3, 4], [0.0, 0, 1, 1, 5])
    let curve = try Spline(x: x, y: y)
    for (a, b) in zip(x, y) { #expect(abs(try curve.value(at: a) - b) < 1e-12) }
    var last = 0.0
    for step in 0...400 {
      let height = try curve.value(at: Double(step) / 100)
      #expect(height >= last - 1e-12)
      last = height
    }
    #expect(try Spline(x: [1, 2], y: [3, 5]).value(at: 1.5) == 4)
  }

  @Test func refusals() throws {
    #expect(throws: NumericalFault.notIncreasing(argument: "x", index: 2)) {
      try Spline(x: [0, 1, 1], y: [0, 1, 2])
    }
    #expect(throws: NumericalFault.tooFew(argument: "x", found: 1, needed: 2)) {
      try Spline(x: [0], y: [0])
    }
    let curve = try Spline(x: [0, 1], y: [0, 1])
    #expect(throws: NumericalFault.outOfRange(argument: "x", found: 1.5, allowed: "0.0 to 1.0")) {
      try curve.value(at: 1.5)
    }
    #expect(throws: NumericalFault.self) { try curve.value(at: .nan) }
  }
}

@Suite struct SobolTests {
  @Test func firstPointsOfOneDimension() throws {
    var sequence = try SobolSequence(dimensions: 1)
    var points: [Double] = []
    for _ in 0..<7 { points += try sequence.next() }
    #expect(points == [0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125])
  }

  @Test func skippingContinues() throws {
    var all = try SobolSequence(dimensions: 40)
    var points: [[Double]] = []
    for _ in 0..<20 { points.append(try all.next()) }
    var late = try SobolSequence(dimensions: 40, skipping: 13)
    #expect(try late.next() == points[13])
    #expect(late.index == 14)
  }

  @Test(arguments: [0, -1, 41, Int.max]) func refused(dimensions: Int) {
    #expect(
      throws: NumericalFault.outOfRange(
        argument: "dimensions", found: Double(dimensions), allowed: "1 to 40")
    ) { _ = try SobolSequence(dimensions: dimensions) }
  }
}
