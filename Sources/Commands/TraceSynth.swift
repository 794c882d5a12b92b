import ArgumentParser
import Diagnostics
import ScenarioFiles
import Traces

/// `lacuna trace synth`: a trace of other dimensions that repeats itself like a recorded one.
struct TraceSynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Draw a trace of other dimensions like a recorded one.",
    discussion: """
      Dimensions that are not given are those of the recorded trace.

      EXAMPLE:
        lacuna trace synth --like relu-a-python.ltrace --layers 32 \\
          --neurons 16384 --out opt.ltrace
      """)

  @Option(help: "The .ltrace file to be like; it must hold pages, experts or neurons, one of them.")
  var like: String
  @Option(name: [.short, .long], help: "The .ltrace file to write.")
  var out: String
  @Option(help: "The seed; the same seed gives the same bytes.")
  var seed: UInt64 = 1
  @Option(help: "Layers.")
  var layers: Int?
  @Option(help: "Steps, or tokens of a neuron trace.")
  var steps: Int?
  @Option(help: "Neurons a layer.")
  var neurons: Int?
  @Option(help: "Mean share of active neurons, 0 to 1.")
  var density: Double?
  @Option(help: "Experts a layer.")
  var experts: Int?
  @Option(help: "Experts a token.")
  var topK: Int?
  @Option(help: "KV heads.")
  var kvHeads: Int?
  @Option(help: "Pages a step and head.")
  var picks: Int?
  @Option(help: "Tokens a page.")
  var page: Int?
  @Option(help: "Tokens that step 0 can read.")
  var context: Int?

  func run() throws {
    try reportingFaults {
      let recorded = try TraceReader.read(like)
      let trace: Trace
      do {
        trace = try draw(recorded)
      } catch let fault as TraceFault {
        throw Faults(fault.problem, at: SourcePosition(file: like))
      }
      try TraceWriter.write(trace, to: out)
    }
  }

  private func draw(_ recorded: Trace) throws -> Trace {
    guard seed <= UInt64(Int.max) else {
      throw TraceFault(
        .outOfRange(key: "seed", found: "\(seed)", allowed: "a whole number below 2^63"))
    }
    switch (recorded.pages, recorded.experts, recorded.neurons) {
    case (let like?, nil, nil):
      try refuse(["neurons": neurons, "experts": experts, "top-k": topK])
      try refuse(["density": density])
      return try TraceSynthesis.pages(
        like: recorded,
        as: PageTarget(
          layers: layers ?? like.layers, kvHeads: kvHeads ?? like.kvHeads,
          picks: picks ?? like.picks, steps: steps ?? like.steps,
          pageTokens: page ?? like.pageTokens, context: context ?? like.context(step: 0)),
        seed: seed)
    case (nil, let like?, nil):
      try refuse(["neurons": neurons, "kv-heads": kvHeads, "picks": picks])
      try refuse(["page": page, "context": context])
      try refuse(["density": density])
      return try TraceSynthesis.experts(
        like: recorded,
        as: ExpertTarget(
          layers: layers ?? like.layers, experts: experts ?? like.expertCount,
          topK: topK ?? like.topK, steps: steps ?? like.tokens),
        seed: seed)
    case (nil, nil, let like?):
      try refuse(["experts": experts, "top-k": topK, "kv-heads": kvHeads])
      try refuse(["picks": picks, "page": page, "context": context])
      return try TraceSynthesis.neurons(
        like: recorded,
        as: NeuronTarget(
          layers: layers ?? like.layers, neurons: neurons ?? like.neurons,
          tokens: steps ?? like.tokens, density: density),
        seed: seed)
    default:
      throw TraceFault(
        .conflict(
          key: "--like", found: recorded.columns.map(\.name).joined(separator: ","),
          mend: "keep one kind of column with 'lacuna trace convert --columns'"))
    }
  }

  /// Options that this kind of trace has no use for.
  private func refuse<Number>(_ options: KeyValuePairs<String, Number?>) throws {
    for (name, value) in options {
      guard let value else { continue }
      throw TraceFault(
        .conflict(
          key: "--\(name)", found: "\(value)",
          mend: "it does not go with this kind of trace; leave it out"))
    }
  }
}
