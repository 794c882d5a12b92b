import Diagnostics
import Exploration
import Scenarios

/// A part of a scenario that is read by itself, with the axes that change it.
struct SweptPart {
  /// Parts by the keys that they begin with.
  enum Site: String, CaseIterable {
    case hardware, runtime, model, precision, seed
    case workloadPrompt = "workload.prompt"
    case workloadGenerate = "workload.generate"
    case workloadBatch = "workload.batch"
    case attention, cache, weights, neurons, experts, prompt, depth, lookup, partition, overheads
    /// Of the axes that several parts are looked up by; no key begins so.
    case whole = ""

    init?(key: String) {
      let first = key.split(separator: ".").first.map(String.init) ?? ""
      guard let site = Site(rawValue: first == "workload" ? key : first), site != .whole else {
        return nil
      }
      self = site
    }

    /// Whether the closed form takes it without anything being looked up or priced anew.
    var isWork: Bool {
      switch self {
      case .workloadPrompt, .workloadGenerate, .workloadBatch, .attention, .cache: true
      default: false
      }
    }

    /// Takes this part of a scenario that was read for it.
    func copy(from reading: ScenarioReading, to scenario: inout Scenario) {
      let read = reading.scenario
      switch self {
      case .hardware: (scenario.hardware, scenario.figures) = (read.hardware, read.figures)
      case .runtime: scenario.runtime = read.runtime
      case .model: scenario.model = read.model
      case .precision: scenario.precision = read.precision
      case .seed: scenario.seed = read.seed
      case .workloadPrompt: scenario.workload.prompt = read.workload.prompt
      case .workloadGenerate: scenario.workload.generate = read.workload.generate
      case .workloadBatch:
        scenario.workload.batch = read.workload.batch
        scenario.workload.fillsMemory = read.workload.fillsMemory
      case .attention: scenario.method.attention = read.method.attention
      case .cache: scenario.method.cache = read.method.cache
      case .weights: scenario.method.weights = read.method.weights
      case .neurons: scenario.method.neurons = read.method.neurons
      case .experts: scenario.method.experts = read.method.experts
      case .prompt: scenario.method.prompt = read.method.prompt
      case .depth: scenario.method.depth = read.method.depth
      case .lookup: scenario.method.lookups = read.method.lookups
      case .partition:
        scenario.method.partition = read.method.partition
        scenario.method.spread = read.method.spread
      case .overheads: scenario.method.overheads = read.method.overheads
      case .whole: break
      }
    }
  }

  let site: Site
  let axes: [Int]
  /// What a step on each of the axes adds to the code.
  private let weights: [Int]

  /// - Parameter places: its axes among all.
  /// - Throws: `Faults` where they have more combinations than can be counted.
  init(_ site: Site, axes places: [Int], of all: [Axis]) throws(Faults) {
    self.site = site
    axes = places
    var weights: [Int] = []
    var weight = 1
    for place in places {
      weights.append(weight)
      let (next, overflow) = weight.multipliedReportingOverflow(by: all[place].values.count)
      guard !overflow else {
        throw Faults(
          .outOfRange(
            key: all[place].key, found: "\(all[place].values.count) values",
            allowed: "fewer combinations of the keys of one site"),
          at: SourcePosition(file: "--vary"))
      }
      weight = next
    }
    self.weights = weights
  }

  /// The same for points that have the same values on its axes, and different for all others.
  func code(_ point: [Int]) -> Int {
    var code = 0
    for place in axes.indices { code += point[axes[place]] * weights[place] }
    return code
  }

  /// The parts that axes change; the axis of variants changes all of them.
  static func of(_ axes: [Axis]) throws(Faults) -> [SweptPart] {
    var parts: [SweptPart] = []
    for site in Site.allCases {
      let own = axes.indices.filter { Site(key: axes[$0].key) == site }
      guard !own.isEmpty else { continue }
      let variants = axes.indices.filter { axes[$0].key == "variant" }
      parts.append(try SweptPart(site, axes: variants + own, of: axes))
    }
    return parts
  }

  /// The places of the axes whose sites fulfil a condition, and of that of variants.
  static func places(_ axes: [Axis], _ isWanted: (Site) -> Bool) -> [Int] {
    axes.indices.filter { place in
      guard let site = Site(key: axes[place].key) else { return true }
      return isWanted(site)
    }
  }
}
