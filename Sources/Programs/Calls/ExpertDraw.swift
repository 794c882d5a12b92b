import Quantities

/// Draws expert loads as the collectors of the MoE tables do, for the device that they time.
///
/// *Balanced*: token `t`, choice `i` goes to expert `(t + i ⌈E/k⌉) mod E`, tokens spread evenly where
/// there are fewer than the stride; the first device is timed. *Power law*: `E` numbers from
/// `p(x) ∝ x^-a` on `[1, 0.8 T]`, or on `[0.01, 2]` when `T k ≤ E`, normalised to `T k`, rounded and
/// clamped to `T`; what that leaves over or short goes round the devices, one slot at a time, to the
/// least (from the most) loaded expert of each; the most loaded device is timed. Earlier collectors
/// give what is short to the least loaded experts in their order, whatever their device: where few
/// slots round to none, all of them go to the first device. Source: ai-dynamo/aiconfigurator,
/// `collector/helper.py`; the earlier rule is read from timings (one token and eight choices take as
/// long over 2 to 32 devices as on one, until a device has fewer than eight experts).
public struct ExpertDraw: Sendable, Hashable {
  /// 0 for balanced.
  public var exponent: Double
  public var tokens: Int
  public var experts: Int
  public var topK: Int
  /// Devices that share out the experts.
  public var devices: Int
  /// Whether an earlier collector drew.
  public var isEarly: Bool

  public init(
    exponent: Double, tokens: Int, experts: Int, topK: Int, devices: Int, isEarly: Bool = false
  ) {
    self.exponent = exponent
    self.tokens = tokens
    self.experts = experts
    self.topK = topK
    self.devices = devices
    self.isEarly = isEarly
  }

  /// A load with what is added when slots of other devices are run as the first local expert's.
  public struct Outcome: Sendable {
    public var load: ExpertLoad
    public var foreignActive: Double
    public var foreignTiles: SIMD8<Double>
  }

  /// Means over eight draws; one for a balanced load, which has no chance in it.
  ///
  /// - Precondition: counts are positive, and `devices` at most `experts`.
  public func outcome() -> Outcome {
    let draws = exponent == 0 ? 1 : 8
    var stream = SplitMix(state: 0x123_456E)
    var sum = Outcome(
      load: ExpertLoad(active: 0, slots: 0, tokens: 0, mostLoaded: 0, tiles: .zero),
      foreignActive: 0, foreignTiles: .zero)
    for _ in 0..<draws {
      let (loads, touched) = exponent == 0 ? balanced() : skewed(&stream)
      add(loads, touched, share: 1 / Double(draws), to: &sum)
    }
    return sum
  }

  private var local: Int { max(1, experts / devices) }

  private func add(_ loads: [Int], _ touched: Int, share: Double, to sum: inout Outcome) {
    let here = loads.prefix(local)
    let slots = here.reduce(0, +)
    // Only tokens with an expert here enter; their other choices are the foreign ones.
    let foreign = touched * topK - slots
    func tiles(_ load: Int, _ rows: Double) -> Double { (Double(load) / rows).rounded(.up) }
    sum.load.active += Double(here.count { $0 > 0 }) * share
    sum.load.slots += Double(slots) * share
    sum.load.tokens += Double(touched) * share
    sum.load.mostLoaded += Double(here.max() ?? 0) * share
    sum.load.tiles +=
      ExpertLoad.perTile { rows in here.reduce(0) { $0 + tiles($1, rows) } } * share
    let first = here.first ?? 0
    if first == 0 && foreign > 0 { sum.foreignActive += share }
    sum.foreignTiles +=
      ExpertLoad.perTile { tiles(first + foreign, $0) - tiles(first, $0) } * share
  }

  private func balanced() -> (loads: [Int], touched: Int) {
    var loads = [Int](repeating: 0, count: experts)
    var touched = 0
    let step = (experts + topK - 1) / topK
    for token in 0..<tokens {
      var isHere = false
      for choice in 0..<topK {
        let place =
          tokens >= step
          ? (token + choice * step) % experts
          : Int(Double(token * step) / Double(tokens) + Double(choice * step)) % experts
        loads[place] += 1
        isHere = isHere || place < local
      }
      touched += isHere ? 1 : 0
    }
    return (loads, touched)
  }

  private func skewed(_ stream: inout SplitMix) -> (loads: [Int], touched: Int) {
    let (low, high) = tokens * topK > experts ? (1, Double(tokens) * 0.8) : (0.01, 2)
    let power = 1 - exponent
    let a = Elementary.power(high, power)
    let b = Elementary.power(low, power)
    let drawn = (0..<experts).map { _ in
      Elementary.power((a - b) * stream.uniform() + b, 1 / power)
    }
    let sum = drawn.reduce(0, +)
    let total = tokens * topK
    var over = 0
    var loads = drawn.map { weight in
      let load = Int((weight / sum * Double(total)).rounded(.toNearestOrEven))
      over += max(0, load - tokens)
      return min(load, tokens)
    }
    spread(over, by: 1, over: &loads)
    let missing = total - loads.reduce(0, +)
    if isEarly && missing > 0 {
      let order = loads.indices.sorted { (loads[$0], $0) < (loads[$1], $1) }
      for place in 0..<missing { loads[order[place % experts]] += 1 }
    } else {
      spread(abs(missing), by: missing > 0 ? 1 : -1, over: &loads)
    }
    let sums = (0..<devices).map { loads[($0 * local)..<($0 * local + local)].reduce(0, +) }
    let busiest = sums.indices.max { sums[$0] < sums[$1] || (sums[$0] == sums[$1] && $0 > $1) } ?? 0
    for place in 0..<local where busiest > 0 { loads.swapAt(place, busiest * local + place) }
    return (loads, touched(loads))
  }

  /// Adds or takes slots, one on each device in turn.
  private func spread(_ count: Int, by step: Int, over loads: inout [Int]) {
    var left = count
    while left > 0 {
      var moved = false
      for device in 0..<devices where left > 0 {
        var best: Int?
        for place in (device * local)..<(device * local + local) {
          if step > 0 {
            guard loads[place] < tokens else { continue }
            if best.map({ loads[place] < loads[$0] }) ?? true { best = place }
          } else {
            guard loads[place] > 0 else { continue }
            if best.map({ loads[place] > loads[$0] }) ?? true { best = place }
          }
        }
        guard let best else { continue }
        loads[best] += step
        left -= 1
        moved = true
      }
      guard moved else { return }
    }
  }

  /// Tokens with a local expert: experts by falling load take places one after the other, and a
  /// place's token is its number modulo `tokens`.
  private func touched(_ loads: [Int]) -> Int {
    var position = 0
    var spans: [(from: Int, to: Int)] = []
    let order = loads.indices.sorted { (-loads[$0], $0) < (-loads[$1], $1) }
    for expert in order {
      let load = loads[expert]
      if load > 0 && expert < local {
        let from = position % tokens
        if load >= tokens {
          spans.append((0, tokens))
        } else if from + load <= tokens {
          spans.append((from, from + load))
        } else {
          spans.append((from, tokens))
          spans.append((0, from + load - tokens))
        }
      }
      position += load
    }
    var (end, count) = (0, 0)
    for span in spans.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
      let from = max(span.from, end)
      guard span.to > from else { continue }
      count += span.to - from
      end = span.to
    }
    return count
  }
}

/// The SplitMix64 stream, so that draws are the same everywhere.
private struct SplitMix {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
  }
}
