import Numerics

/// Draws a fixed number of entries at each step, each with the chance that its repeat law gives its
/// age, by systematic sampling: the chances stand side by side on a line and equidistant points
/// with one random offset pick them, so that each chance is kept and the count is exact.
///
/// Source: Madow, "On the theory of systematic sampling, II", Ann. Math. Stat. 20, 1949.
struct FixedCountDraw {
  private let span: Int
  /// The chance of a touch by entry slot at ages 1...span and beyond, one table row a class.
  private var hazards: [Float] = []
  private var classOf: [Int32] = []
  private var repeatHazard: [Float] = []
  private var tailHazard: [Float] = []
  private var ages: [UInt8] = []
  private var chances: [Float] = []
  private var draws: KeyedStream

  /// Slots in the order in which a row lists them, best first.
  init(laws: [RepeatLaw], draws: KeyedStream) {
    span = laws.map(\.span).max() ?? 1
    precondition(span < 255, "ages are kept in a byte")
    self.draws = draws
    for law in laws {
      hazards.append(0)
      for age in 1...span { hazards.append(Float(law.hazard(age))) }
      hazards.append(0)
    }
  }

  /// Adds a slot in equilibrium, or as not yet touched when `isNew`.
  mutating func append(lawIndex: Int, law: RepeatLaw, frequency: Double, isNew: Bool = false) {
    let pace = law.pace(frequency: frequency)
    classOf.append(Int32(lawIndex))
    repeatHazard.append(
      frequency > 0
        ? Float(pace.extraRepeat + (1 - pace.extraRepeat) * law.hazard(1)) : 0)
    tailHazard.append(Float(pace.tailHazard))
    chances.append(0)
    var age = span + 1
    if !isNew {
      var rest = draws.uniform()
      for candidate in 1...span {
        rest -=
          frequency * law.survival[candidate - 1]
          * (candidate == 1 ? 1 : 1 - pace.extraRepeat)
        if rest < 0 {
          age = candidate
          break
        }
      }
    }
    ages.append(UInt8(age))
  }

  /// Gives a slot another law and frequency; its age stays.
  mutating func change(slot: Int, lawIndex: Int, law: RepeatLaw, frequency: Double) {
    let pace = law.pace(frequency: frequency)
    classOf[slot] = Int32(lawIndex)
    repeatHazard[slot] =
      frequency > 0 ? Float(pace.extraRepeat + (1 - pace.extraRepeat) * law.hazard(1)) : 0
    tailHazard[slot] = Float(pace.tailHazard)
  }

  /// Lets `to` go on with the age of `from`.
  mutating func moveAge(from: Int, to: Int) { ages[to] = ages[from] }

  /// Makes a slot one that was not touched for long.
  mutating func forget(slot: Int) { ages[slot] = UInt8(span + 1) }

  /// The slots of the next step, rising: exactly `count` of them, or all there are.
  mutating func step(count: Int, into picked: inout [Int]) {
    picked.removeAll(keepingCapacity: true)
    let total = ages.count
    let row = span + 2
    let beyond = UInt8(span + 1)
    let offset = draws.uniform()
    var sum: Float = 0
    for slot in 0..<total {
      let age = ages[slot]
      let chance =
        age == beyond
        ? tailHazard[slot]
        : age == 1 ? repeatHazard[slot] : hazards[Int(classOf[slot]) &* row &+ Int(age)]
      chances[slot] = chance
      sum += chance
    }
    let scale = scaled(sum: sum, count: count)
    var line = -offset
    var next = 0.0
    for slot in 0..<total {
      line += Double(min(1, chances[slot] * scale))
      if line > next, picked.count < count {
        picked.append(slot)
        next += 1
      }
    }
    // Rounding, or too few entries that are due, may leave some to be filled from the front.
    if picked.count < min(count, total) { fill(&picked, count: min(count, total)) }
    for slot in 0..<total { ages[slot] = min(ages[slot], beyond &- 1) &+ 1 }
    for slot in picked { ages[slot] = 1 }
  }

  /// The factor that makes capped chances add up to `count`.
  private func scaled(sum: Float, count: Int) -> Float {
    guard sum > 0 else { return 1 }
    var scale = Float(count) / sum
    guard scale > 1 else { return scale }
    for _ in 0..<4 {
      var capped: Float = 0
      var free: Float = 0
      for chance in chances {
        if chance * scale >= 1 { capped += 1 } else { free += chance }
      }
      guard free > 0, capped < Float(count) else { break }
      scale = (Float(count) - capped) / free
    }
    return scale
  }

  private func fill(_ picked: inout [Int], count: Int) {
    var chosen = Set(picked)
    for slot in ages.indices
    where picked.count < count && tailHazard[slot] > 0 && chosen.insert(slot).inserted {
      picked.append(slot)
    }
    picked.sort()
  }
}
