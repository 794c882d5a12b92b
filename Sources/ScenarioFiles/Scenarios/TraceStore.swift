import Diagnostics
import Traces

/// What decides every byte of a drawn trace: the recording, the dimensions and the seed.
struct TraceRecipe: Hashable {
  enum Target: Hashable {
    case pages(PageTarget)
    case experts(ExpertTarget)
    case neurons(NeuronTarget)
  }

  /// The file that the trace is to be like.
  var like: String
  var target: Target
  var seed: UInt64

  func draw(like recording: Trace) throws(TraceFault) -> Trace {
    switch target {
    case .pages(let target):
      try TraceSynthesis.pages(like: recording, as: target, seed: seed)
    case .experts(let target):
      try TraceSynthesis.experts(like: recording, as: target, seed: seed)
    case .neurons(let target):
      try TraceSynthesis.neurons(like: recording, as: target, seed: seed)
    }
  }
}

/// The traces of one run, each read or drawn once, however many variants play it.
///
/// A drawing depends on its recipe alone, so that a variant gets the same trace from a store that
/// has served others as from an empty one.
public struct TraceStore: Sendable {
  private var files: [String: Trace] = [:]
  private var drawings: [TraceRecipe: Trace] = [:]

  public init() {}

  /// The trace in a file.
  /// - Throws: `Faults` of the file.
  mutating func file(_ path: String) throws(Faults) -> Trace {
    if let trace = files[path] { return trace }
    let trace = try TraceReader.read(path)
    files[path] = trace
    return trace
  }

  /// The trace that a recipe gives.
  /// - Throws: `Faults` of the recording's file, or at `place` when the recording lacks what the
  ///   recipe needs or the dimensions are absurd.
  mutating func drawing(
    _ recipe: TraceRecipe, at place: SourcePosition
  ) throws(Faults) -> Trace {
    if let trace = drawings[recipe] { return trace }
    let recording = try file(recipe.like)
    let trace: Trace
    do {
      trace = try recipe.draw(like: recording)
    } catch {
      throw Faults(error.problem, at: place)
    }
    drawings[recipe] = trace
    return trace
  }
}
