import NumericalMethods

/// Draws a fixed number of entries at each step, each with the chance that its repeat law gives its
/// age, by systematic sampling: the chances stand side by side on a line and equidistant points
/// with one random offset pick them, so that each chance is kept and the count is exact.
///
/// Only entries touched within the span change their chance, so a step costs those and one sum.
///
/// Source: Madow, "On the theory of systematic sampling, II", Ann. Math. Stat. 20, 1949.
struct FixedCountDraw {
  private let span: Int
  /// The chance of a touch at ages 0...span, one row a law.
  private var hazards: [Float] = []
  /// Where the row of each slot's law starts.
  private var rowOf: [Int] = []
  private var repeatHazard: [Float] = []
  private var tailHazard: [Float] = []
  /// The step of the last touch; far in the past when it was long ago.
  private var last: [Int] = []
  /// The chance at the step that comes, padded with zeros to whole vectors.
  private var chances: [SIMD8<Float>] = []
  /// Slots whose chance is not that of the tail.
  private var young: [Int] = []
  private var isYoung: [Bool] = []
  private var now = 0
  private var draws: KeyedStream

  init(laws: [RepeatLaw], draws: KeyedStream) {
    span = laws.map(\.span).max() ?? 1
    self.draws = draws
    for law in laws {
      hazards.append(0)
      for age in 1...span { hazards.append(Float(law.hazard(age))) }
    }
  }

  /// Adds a slot in equilibrium, or as not yet touched when `isNew`. Slots stand in the order in
  /// which a row lists them, best first.
  mutating func append(lawIndex: Int, law: RepeatLaw, frequency: Double, isNew: Bool = false) {
    let slot = last.count
    rowOf.append(0)
    repeatHazard.append(0)
    tailHazard.append(0)
    last.append(-span - 1)
    isYoung.append(false)
    if slot % 8 == 0 { chances.append(SIMD8()) }
    change(slot: slot, lawIndex: lawIndex, law: law, frequency: frequency)
    if !isNew { settle(slot: slot, law: law, frequency: frequency) }
  }

  /// Gives a slot an age as if it had always been touched by its law.
  mutating func settle(slot: Int, law: RepeatLaw, frequency: Double) {
    let pace = law.pace(frequency: frequency)
    var rest = draws.uniform()
    var age = 1
    while age <= span {
      rest -= frequency * law.survival[age - 1] * (age == 1 ? 1 : 1 - pace.extraRepeat)
      if rest < 0 { break }
      age += 1
    }
    touch(slot, at: now - age)
  }

  /// Gives a slot another law and frequency; its age stays.
  mutating func change(slot: Int, lawIndex: Int, law: RepeatLaw, frequency: Double) {
    rowOf[slot] = lawIndex * (span + 1)
    let pace = law.pace(frequency: frequency)
    repeatHazard[slot] =
      pace.tailHazard > 0 ? Float(pace.extraRepeat + (1 - pace.extraRepeat) * law.hazard(1)) : 0
    tailHazard[slot] = Float(pace.tailHazard)
    if !isYoung[slot] { chances[slot >> 3][slot & 7] = tailHazard[slot] }
  }

  /// Lets `to` go on with the age of `from`.
  mutating func moveAge(from: Int, to: Int) { touch(to, at: last[from]) }

  private mutating func touch(_ slot: Int, at step: Int) {
    last[slot] = step
    if !isYoung[slot] {
      isYoung[slot] = true
      young.append(slot)
    }
  }

  /// The slots of the next step, rising: exactly `count` of them, or all that can be touched.
  mutating func step(count: Int, into picked: inout [Int]) {
    picked.removeAll(keepingCapacity: true)
    age()
    pick(count: count, scale: scale(count: count), into: &picked)
    if picked.count < count { fill(&picked, count: count) }
    for slot in picked { touch(slot, at: now) }
    now += 1
  }

  /// Lays the scaled chances on the line and takes the slots that the points fall on.
  private mutating func pick(count: Int, scale: Float, into picked: inout [Int]) {
    let start = -draws.uniform()
    chances.withUnsafeBufferPointer { chances in
      var line = start
      var next = 0.0
      for block in chances.indices {
        let scaled = chances[block] * scale
        let shares = scaled.replacing(with: 1, where: scaled .> 1)
        let halves = shares.lowHalf + shares.highHalf
        let quarters = halves.lowHalf + halves.highHalf
        let sum = Double(quarters[0] + quarters[1])
        // A margin far above rounding keeps the short cut from skipping a pick.
        if line + sum < next - 1e-4 {
          line += sum
          continue
        }
        for lane in 0..<8 {
          line += Double(shares[lane])
          if line > next, picked.count < count {
            picked.append(block &* 8 &+ lane)
            next += 1
          }
        }
      }
    }
  }

  /// Sets the chances of young slots, and drops those that are young no longer.
  private mutating func age() {
    var kept = 0
    young.withUnsafeMutableBufferPointer { young in
      chances.withUnsafeMutableBytes { bytes in
        let chances = bytes.bindMemory(to: Float.self)
        for slot in young {
          let age = now &- last[slot]
          if age > span {
            chances[slot] = tailHazard[slot]
            isYoung[slot] = false
            continue
          }
          chances[slot] = age == 1 ? repeatHazard[slot] : hazards[rowOf[slot] &+ age]
          young[kept] = slot
          kept &+= 1
        }
      }
    }
    young.removeLast(young.count - kept)
  }

  /// The factor that makes capped chances add up to `count`.
  private func scale(count: Int) -> Float {
    let sum = chances.reduce(SIMD8<Float>(), +).sum()
    guard sum > 0 else { return 1 }
    var scale = Float(count) / sum
    guard scale > 1 else { return scale }
    for _ in 0..<4 {
      var capped = SIMD8<Float>()
      var free = SIMD8<Float>()
      for chance in chances {
        let isCapped = chance * scale .>= 1
        capped += SIMD8<Float>().replacing(with: 1, where: isCapped)
        free += chance.replacing(with: 0, where: isCapped)
      }
      let rest = Float(count) - capped.sum()
      guard free.sum() > 0, rest > 0 else { break }
      scale = rest / free.sum()
    }
    return scale
  }

  /// Rounding, or too few entries that are due, may leave some to be filled from the front.
  private func fill(_ picked: inout [Int], count: Int) {
    var chosen = Set(picked)
    for slot in last.indices
    where picked.count < count && tailHazard[slot] > 0 && chosen.insert(slot).inserted {
      picked.append(slot)
    }
    picked.sort()
  }
}
