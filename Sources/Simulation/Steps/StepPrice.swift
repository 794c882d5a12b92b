import Costs
import Programs

/// What a step takes, by the parts that a batch adds up differently.
///
/// Every part is a row of amounts: seconds, joules beyond idle, flops, then bytes by path. Times are
/// what a part adds to the longest chain of the step; the rest are sums.
public struct StepPrice: Sendable {
  /// Products, norms, experts: what goes by the tokens of the step.
  public private(set) var body: [Double]
  /// The host's work and the head: what goes by the sequences of the step.
  public private(set) var ends: [Double]
  /// Reads of KV with their selection and fetches.
  public private(set) var reads: [Double]
  /// Streams of the program.
  public let streams: Int

  /// Amounts before the paths.
  public static let seconds = 0
  public static let joules = 1
  public static let flops = 2
  public static let firstPath = 3

  /// All of the step.
  public var whole: [Double] {
    zip(zip(body, ends), reads).map { $0.0 + $0.1 + $1 }
  }

  private enum Part: Int { case body, ends, reads }

  init(_ priced: PricedProgram, paths: [String], cores: Double) {
    let program = priced.program
    let mean = MeanSpans(priced)
    streams = program.streams.count
    body = Array(repeating: 0.0, count: Self.firstPath + paths.count)
    (ends, reads) = (body, body)
    // Uses of a block differ by what their columns count alone.
    let usesDiffer = !program.columns.isEmpty
    var uses = Array(repeating: 0.0, count: program.blocks.count)
    for use in program.order { uses[use.block] += 1 }
    var isKnown = Array(repeating: false, count: program.blocks.count)
    var parts: [Part] = []
    var activity = 0
    for use in program.order {
      let block = program.blocks[use.block]
      defer { activity += block.operations.count }
      guard usesDiffer || streams > 1 || !isKnown[use.block] else { continue }
      for (place, operation) in block.operations.enumerated() {
        let part = Self.part(of: operation, in: block)
        parts.append(part)
        guard usesDiffer || !isKnown[use.block], !mean.isAbsent[activity + place] else { continue }
        add(
          priced.resolved[use.block][place], Self.meanCount(program, use, place),
          seconds: mean.spans[activity + place] * 1e-12, times: usesDiffer ? 1 : uses[use.block],
          to: part, paths: paths, cores: cores)
      }
      isKnown[use.block] = true
    }
    if streams > 1 { takeTimes(program, mean, parts) }
  }

  private static func part(of operation: Operation, in block: Block) -> Part {
    if block.name == "head" || block.name == "host" { return .ends }
    return operation.site == .attention || operation.site == .cache ? .reads : .body
  }

  private subscript(part: Part) -> [Double] {
    get { part == .body ? body : part == .ends ? ends : reads }
    _modify {
      switch part {
      case .body: yield &body
      case .ends: yield &ends
      case .reads: yield &reads
      }
    }
  }

  /// Adds an operation's time as on one stream, and what else it takes.
  private mutating func add(
    _ operation: PricedOperation, _ count: Double, seconds: Double, times: Double, to part: Part,
    paths: [String], cores: Double
  ) {
    let busy = operation.coreShare(count, seconds: seconds, of: cores)
    let joules = operation.energy(count).value + operation.activePower * busy * seconds
    self[part][Self.seconds] += times * seconds
    self[part][Self.joules] += times * joules
    self[part][Self.flops] += times * operation.flops(count)
    for path in operation.paths {
      guard let place = paths.firstIndex(of: path.through) else { continue }
      self[part][Self.firstPath + place] += times * path.bytes(count)
    }
  }

  /// Where streams overlap a part's time is what it adds to those before it.
  private mutating func takeTimes(_ program: Program, _ mean: MeanSpans, _ parts: [Part]) {
    var before = 0.0
    for part in [Part.body, .ends, .reads] {
      var spans = mean.spans
      for place in spans.indices where parts[place].rawValue > part.rawValue { spans[place] = 0 }
      let seconds = StepChain.run(program, spans, absent: mean.isAbsent).step * 1e-12
      self[part][Self.seconds] = seconds - before
      before = seconds
    }
  }

  private static func meanCount(_ program: Program, _ use: BlockUse, _ operation: Int) -> Double {
    guard let column = program.blocks[use.block].operations[operation].column else { return 1 }
    return program.columns[column].mean(layer: use.layer)
  }
}
