import NumericalMethods

/// Draws the gaps of one entry: its class's short ones, and a geometric tail.
struct GapDraw {
  private let law: RepeatLaw
  private let pace: Pace
  private let frequency: Double
  private let tailLog: Double

  /// A tail this long outlives every trace.
  private static let longest = 1e15

  init(_ law: RepeatLaw, frequency: Double) {
    self.law = law
    self.frequency = frequency
    pace = law.pace(frequency: frequency)
    tailLog = pace.tailHazard < 1 ? Logarithm.ofOnePlus(-pace.tailHazard) : -.infinity
  }

  /// Steps to the next touch, 1 or more.
  func next(_ draws: inout KeyedStream) -> Int {
    if pace.extraRepeat > 0, draws.uniform() < pace.extraRepeat { return 1 }
    let draw = Double(draws.bits()) * 0x1p-32
    return law.survival.withUnsafeBufferPointer { survival in
      // Survival falls: the gap is the first age whose survival is at most the draw.
      if draw < survival[law.span] { return law.span + 1 + tail(&draws) }
      var age = Int(law.firstAges[Int(draw * 256)])
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
    let steps = Logarithm.natural(1 - draws.uniform()) / tailLog
    return Int(min(steps, GapDraw.longest))
  }
}
