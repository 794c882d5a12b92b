import Diagnostics
import Foundation
import Scenarios
import Workloads

/// The streams of scenarios, from logs that are read once however many scenarios play them.
public struct RequestStore: Sendable {
  private var logs: [String: RequestStream] = [:]

  public init() {}

  /// The requests of a scenario, the first of which arrives at the start.
  /// - Throws: `Faults` of a log, or where the scenario names none.
  public mutating func stream(of resolved: ResolvedScenario) throws(Faults) -> RequestStream {
    guard let traffic = resolved.scenario.workload.requests else {
      throw Faults(
        .missingKey("workload.requests", expected: "a log of requests"),
        at: SourcePosition(file: resolved.file))
    }
    let file = try path(traffic.file, beside: resolved.file)
    var stream: RequestStream
    if let known = logs[file] {
      stream = known
    } else {
      guard case .stream(let read, _) = try RequestFile.read(file) else {
        throw Faults(
          .conflict(
            key: "workload.requests", found: traffic.file,
            mend: "it has no arrivals; name a log whose rows are requests"),
          at: SourcePosition(file: resolved.file))
      }
      stream = read
      logs[file] = read
    }
    if let first = traffic.first { stream = stream.prefix(first) }
    stream = try stream.starting()
    if let rate = traffic.rate { stream = try stream.scaled(to: rate) }
    return stream
  }

  /// A log is named relative to the scenario's folder, to the current directory, or to the folder of
  /// all scenarios.
  private func path(_ name: String, beside scenario: String) throws(Faults) -> String {
    if name.hasPrefix("/") { return name }
    let beside = URL(fileURLWithPath: scenario).deletingLastPathComponent()
      .appendingPathComponent(name).path
    for file in [beside, name] where FileManager.default.fileExists(atPath: file) { return file }
    if let shipped = Assets.file("scenarios/\(name)") { return shipped }
    throw Faults(
      .conflict(
        key: "workload.requests", found: name,
        mend: "no such file beside the scenario, in this folder or in the shipped scenarios/"),
      at: SourcePosition(file: scenario))
  }
}
