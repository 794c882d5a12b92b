import Diagnostics
import Foundation
import Quantities
import Scenarios
import Workloads

/// The streams of scenarios, from logs that are read once however many scenarios play them.
///
/// A stream depends on its scenario and its files alone: a store that has served others gives the same
/// as an empty one.
public struct RequestStore: Sendable {
  private var logs: [String: RequestFile] = [:]
  private var clients: [[String]: ClientTraffic] = [:]

  public init() {}

  /// The requests of a scenario, the first of which arrives at the start.
  /// - Throws: `Faults` of a log, or where the scenario asks for what a log does not have, at the keys'
  ///   lines.
  public mutating func stream(of resolved: ResolvedScenario) throws(Faults) -> RequestStream {
    let places = resolved.places
    do throws(Faults) {
      guard let traffic = resolved.scenario.workload.requests else {
        throw Faults(
          .missingKey("workload.requests", expected: "a log of requests"),
          at: SourcePosition(file: resolved.file))
      }
      var setting = Setting(
        scenario: resolved.file, blockTokens: traffic.page, seed: resolved.scenario.seed)
      return try stream(traffic.source, &setting).starting()
    } catch {
      throw places.placed(error, unplaced: ["requests"], fallback: "workload.requests")
    }
  }

  /// What sources have in common.
  private struct Setting {
    var scenario: String
    /// Tokens of a block of prompts that are drawn.
    var blockTokens: Int
    var seed: UInt64
  }

  private mutating func stream(
    _ source: RequestSource, _ setting: inout Setting
  ) throws(Faults) -> RequestStream {
    var stream: RequestStream
    var isDrawn = false
    switch source.origin {
    case .merged(let parts):
      var streams: [RequestStream] = []
      for part in parts {
        streams.append(try self.stream(part, &setting))
        // Equal sources among several are different requests.
        setting.seed &+= 0x9E37_79B9_7F4A_7C15
      }
      stream = try .merged(streams)
    case .log(let name):
      (stream, isDrawn) = try logged(name, source, setting)
    case .drawn(let drawn):
      stream = try RequestStream(
        drawing: drawn.count, gaps: try Self.gaps(of: source, "drawn requests"),
        prompts: drawn.prompts, outputs: drawn.outputs, seed: setting.seed)
      isDrawn = true
    case .sessions(let sessions):
      stream = try RequestStream(
        drawing: sessions, gaps: try Self.gaps(of: source, "drawn sessions"),
        blockTokens: setting.blockTokens, seed: setting.seed)
      isDrawn = true
    case .clients(let files): stream = try sent(files, setting)
    }
    if let first = source.first { stream = stream.prefix(first) }
    stream = try stream.starting()
    if !isDrawn { stream = try Self.changed(stream, source, setting) }
    return try stream.starting(at: .start + Span(rounding: source.start))
  }

  /// A stream with arrivals of its own, at the rate and in the form that its source asks for.
  private static func changed(
    _ stream: RequestStream, _ source: RequestSource, _ setting: Setting
  ) throws(Faults) -> RequestStream {
    if let form = source.arrivals {
      guard let rate = source.rate ?? stream.rate else {
        throw noRate("requests that come at once")
      }
      return try stream.redrawn(try form.gaps(rate), seed: setting.seed)
    }
    guard let rate = source.rate else { return stream }
    return try stream.scaled(to: rate)
  }

  /// Gaps between requests that have no arrivals of their own: Poisson where nothing else is asked.
  private static func gaps(
    of source: RequestSource, _ what: String
  ) throws(Faults) -> GapDistribution {
    guard let rate = source.rate else { throw noRate(what) }
    return try (source.arrivals ?? .poisson).gaps(rate)
  }

  private static func noRate(_ what: String) -> Faults {
    Faults(
      .missingKey(
        "workload.rate", expected: "arrivals in a second: \(what) have none of their own"),
      at: SourcePosition(file: "requests"))
  }

  /// - Returns: the stream, and whether its arrivals were drawn at the source's rate.
  private mutating func logged(
    _ name: String, _ source: RequestSource, _ setting: Setting
  ) throws(Faults) -> (RequestStream, Bool) {
    let file = try path(name, setting)
    let log: RequestFile
    if let known = logs[file] {
      log = known
    } else {
      log = try RequestFile.read(file)
      logs[file] = log
    }
    switch log {
    case .stream(let stream, _): return (stream, false)
    case .lengths(let prompts, let outputs):
      let stream = try RequestStream(
        drawing: prompts.count, gaps: try Self.gaps(of: source, "lengths"),
        prompts: .listed(prompts), outputs: .listed(outputs), seed: setting.seed)
      return (stream, true)
    case .clientRates, .clientLengths:
      throw Faults(
        .conflict(
          key: "workload.requests", found: name,
          mend: "it is half of what clients send: give {rates: FILE, lengths: FILE}"),
        at: SourcePosition(file: setting.scenario))
    }
  }

  private mutating func sent(
    _ files: ClientFiles, _ setting: Setting
  ) throws(Faults) -> RequestStream {
    let paths = [try path(files.rates, setting), try path(files.lengths, setting)]
    let traffic: ClientTraffic
    if let known = clients[paths] {
      traffic = known
    } else {
      traffic = try RequestFile.clients(rates: paths[0], lengths: paths[1])
      clients[paths] = traffic
    }
    let all = traffic.range
    let from = files.from.map { Int($0.value.rounded(.up)) } ?? all.lowerBound
    let to = files.to.map { Int($0.value.rounded(.up)) } ?? all.upperBound
    return try traffic.stream(
      in: min(from, to)..<to, scale: files.scale, unknown: files.unknown, seed: setting.seed)
  }

  /// A log is named relative to the scenario's folder, to the current directory, or to the folder of
  /// all scenarios.
  private func path(_ name: String, _ setting: Setting) throws(Faults) -> String {
    if name.hasPrefix("/") { return name }
    let beside = URL(fileURLWithPath: setting.scenario).deletingLastPathComponent()
      .appendingPathComponent(name).path
    for file in [beside, name] where FileManager.default.fileExists(atPath: file) { return file }
    if let shipped = Assets.file("scenarios/\(name)") { return shipped }
    throw Faults(
      .conflict(
        key: "workload.requests", found: name,
        mend: "no such file beside the scenario, in this folder or in the shipped scenarios/"),
      at: SourcePosition(file: setting.scenario))
  }
}
