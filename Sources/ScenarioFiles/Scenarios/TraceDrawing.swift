import Diagnostics
import Models
import Policies
import Scenarios
import Traces

/// Draws the trace that a site asks for with `like`: the scenario's dimensions, the recording's
/// statistics.
struct TraceDrawing {
  let scenario: Scenario
  let model: Model
  let file: String

  func draw(like parent: Trace, site: String, reference: TraceReference) throws(Faults) -> Trace {
    throw Faults(
      .conflict(key: "\(site).trace.like", found: parent.header.model, mend: "use 'file'"),
      at: SourcePosition(file: file))
  }
}
