import Traces

/// The neuron traces that were drawn for the variants of a scenario, so that variants that ask for
/// the same one share it.
final class DrawnTraces {
  struct Key: Hashable {
    var recording: String
    var target: NeuronTarget
    var seed: UInt64
  }

  private var neurons: [Key: Trace] = [:]

  /// The trace of `key`, which `draw` makes the first time.
  func neurons(_ key: Key, draw: () throws(TraceFault) -> Trace) throws(TraceFault) -> Trace {
    if let known = neurons[key] { return known }
    let trace = try draw()
    neurons[key] = trace
    return trace
  }
}
