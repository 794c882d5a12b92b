import Diagnostics
import Traces

/// Traces as text, one row a touch row: CSV with a header line, or one JSON object a line.
public enum TraceExport {
  public enum Form: Sendable { case csv, jsonLines }

  /// Writes every section of the trace that has its form's columns; a CSV takes one section only.
  /// - Throws: `Faults` when it cannot be written or a CSV would need two sections.
  public static func write(_ trace: Trace, as form: Form, to file: String) throws(Faults) {
    let sections = [trace.pages != nil, trace.experts != nil, trace.neurons != nil]
    if case .csv = form, sections.filter({ $0 }).count > 1 {
      throw Faults(
        .conflict(
          key: "columns", found: trace.columns.map(\.name).joined(separator: ","),
          mend: "a CSV takes pages, experts or neurons; choose with --columns"),
        at: SourcePosition(file: file))
    }
    let output = try OutputFile(file)
    if let pages = trace.pages { try write(pages, form, output) }
    if let experts = trace.experts { try write(experts, form, output) }
    if let neurons = trace.neurons { try write(neurons, form, output) }
    try output.commit()
  }

  private static func write(
    _ view: PageTrace, _ form: Form, _ output: OutputFile
  ) throws(Faults) {
    if case .csv = form {
      try output.write("step,layer,head,rank,page\(view.hasMass ? ",mass" : "")\n")
    }
    for step in 0..<view.steps {
      for layer in 0..<view.layers {
        for head in 0..<view.kvHeads {
          let ids = view.pages(step: step, layer: layer, head: head)
          let mass = view.mass(step: step, layer: layer, head: head)
          let place = [("step", step), ("layer", view.layerNumbers[layer]), ("head", head)]
          try rows(place, "pages", ids, "mass", mass, form, output)
        }
      }
    }
  }

  private static func write(
    _ view: ExpertTrace, _ form: Form, _ output: OutputFile
  ) throws(Faults) {
    if case .csv = form {
      try output.write("step,token,layer,slot,expert\(view.hasWeights ? ",weight" : "")\n")
    }
    for step in 0..<view.steps {
      for token in view.tokens(step: step) {
        for layer in 0..<view.layers {
          let place = [("step", step), ("token", token), ("layer", view.layerNumbers[layer])]
          try rows(
            place, "experts", view.experts(token: token, layer: layer), "weights",
            view.weights(token: token, layer: layer), form, output)
        }
      }
    }
  }

  private static func write(
    _ view: NeuronTrace, _ form: Form, _ output: OutputFile
  ) throws(Faults) {
    if case .csv = form { try output.write("token,layer,neuron\n") }
    for token in 0..<view.tokens {
      for layer in 0..<view.layers {
        var active: [Int] = []
        view.forEachActive(token: token, layer: layer) { active.append($0) }
        let number = view.layerNumbers[layer]
        switch form {
        case .csv:
          for neuron in active { try output.write("\(token),\(number),\(neuron)\n") }
        case .jsonLines:
          try output.write("{\"token\": \(token), \"layer\": \(number), \"neurons\": \(active)}\n")
        }
      }
    }
  }

  private static func rows(
    _ place: [(String, Int)], _ name: String, _ ids: EntryRow, _ shareName: String,
    _ shares: ShareRow, _ form: Form, _ output: OutputFile
  ) throws(Faults) {
    switch form {
    case .csv:
      let start = place.map { "\($0.1)" }.joined(separator: ",")
      for (rank, id) in ids.enumerated() where id >= 0 {
        try output.write(
          "\(start),\(rank),\(id)\(shares.isEmpty ? "" : ",\(shares[rank])")\n")
      }
    case .jsonLines:
      let start = place.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ")
      let tail = shares.isEmpty ? "" : ", \"\(shareName)\": \(Array(shares))"
      try output.write("{\(start), \"\(name)\": \(Array(ids))\(tail)}\n")
    }
  }
}
