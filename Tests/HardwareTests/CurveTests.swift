import Hardware
import Testing

@Suite struct CurveTests {
  let curve = Curve(sizes: [1, 100, 10_000], values: [0.2, 0.6, 0.8])

  @Test(arguments: [
    (1, 0.2), (100, 0.6), (10_000, 0.8),
    // Half way in the logarithm: 10 lies between 1 and 100, 1,000 between 100 and 10,000.
    (10, 0.4), (1000, 0.7),
    // A quarter of the way: 100^0.25.
    (3.1622776601683795, 0.3),
  ])
  func interpolatesInTheLogarithmOfTheSize(size: Double, share: Double) {
    #expect(abs(curve(size) - share) < 1e-12)
  }

  @Test(arguments: [(0.5, 0.2), (0, 0.2), (20_000, 0.8), (1e18, 0.8)])
  func holdsTheEndValuesOutsideItsSizes(size: Double, share: Double) {
    #expect(curve(size) == share)
  }

  @Test func onePointIsTheSameEverywhere() {
    let flat = Curve(sizes: [1e9], values: [0.85])
    #expect([1.0, 1e9, 1e15].map { flat($0) } == [0.85, 0.85, 0.85])
  }

  @Test func staysBetweenNeighbours() {
    for step in 0...400 {
      let size = 1.0 * (1 + Double(step) * 25)
      let share = curve(size)
      #expect(share >= (size < 100 ? 0.2 : 0.6) && share <= (size <= 100 ? 0.6 : 0.8))
    }
  }
}
