import NumericalMethods
import Quantities

/// Where the search for a gap starts: the shortest gap that a draw of those first 8 bits can give.
struct GapGuide {
  private let shortest: [UInt8]

  init(_ law: RepeatLaw) {
    var shortest = [UInt8](repeating: 0, count: 256)
    var age = 1
    // A higher draw gives a shorter gap.
    for bits in (0..<256).reversed() {
      while age < law.span, law.survival[age] > Double(bits + 1) / 256 { age += 1 }
      shortest[bits] = UInt8(clamping: age)
    }
    self.shortest = shortest
  }

  func start(_ draw: UInt32) -> Int { Int(shortest[Int(draw >> 24)]) }
}

/// Draws the gaps of one entry: its class's short ones, and a geometric tail.
struct GapDraw {
  private let law: RepeatLaw
  private let guide: GapGuide
  private let pace: Pace
  private let frequency: Double
  private let tailLog: Double

  /// A tail this long outlives every trace.
  private static let longest = 1e15

  /// - Parameter guide: that of the law.
  init(_ law: RepeatLaw, guide: GapGuide, frequency: Double) {
    self.law = law
    self.guide = guide
    self.frequency = frequency
    pace = law.pace(frequency: frequency)
    tailLog = pace.tailHazard < 1 ? Elementary.logarithmOfOnePlus(-pace.tailHazard) : -.infinity
  }

  /// Steps to the next touch, 1 or more.
  func next(_ draws: inout KeyedStream) -> Int {
    if pace.extraRepeat > 0, draws.uniform() < pace.extraRepeat { return 1 }
    let bits = draws.bits()
    let draw = Double(bits) * 0x1p-32
    return law.survival.withUnsafeBufferPointer { survival in
      // Survival falls: the gap is the first age whose survival is at most the draw.
      if draw < survival[law.span] { return law.span + 1 + tail(&draws) }
      var age = guide.start(bits)
      while age < law.span, survival[age] > draw { age &+= 1 }
      return age
    }
  }

  /// Steps from an arbitrary moment to the first touch, 0 or more, in equilibrium.
  func first(_ draws: inout KeyedStream) -> Int {
    var rest = draws.uniform() / frequency
    let share = 1 - pace.extraRepeat
    for age in 0..<law.span {
      rest -= age == 0 ? 1 : share * law.survival[age]
      if rest < 0 { return age }
    }
    return law.span + tail(&draws)
  }

  /// Steps beyond the span before the touch, 0 or more: geometric.
  private func tail(_ draws: inout KeyedStream) -> Int {
    guard tailLog < 0 else { return Int(GapDraw.longest) }
    let steps = Elementary.logarithm(1 - draws.uniform()) / tailLog
    return Int(min(steps, GapDraw.longest))
  }
}
