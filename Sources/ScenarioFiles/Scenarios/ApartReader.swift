import Diagnostics
import Workloads

/// Reads `workload.apart`: servers that compute prompts.
enum ApartReader {
  /// - Parameter traffic: the limits of the servers that decode.
  static func read(_ map: MapReader, beside traffic: RequestTraffic) -> RequestTraffic.Apart? {
    defer { map.finish() }
    let link = map.required("link", "a link of the hardware")?.text()
    var apart = RequestTraffic.Apart(link: link ?? "")
    if let count = map.value("prompt-replicas")?.integer(in: 1...1024) {
      apart.promptReplicas = count
    }
    apart.hardware = map.value("hardware")?.text()
    apart.stepTokens = map.value("step-tokens")?.integer(in: 1...100_000_000)
    apart.sequences = map.value("sequences")?.integer(in: 1...65536)
    apart.kvTokens = map.value("kv-tokens")?.integer(in: 1...1_000_000_000_000)
    let tokens = apart.stepTokens ?? traffic.stepTokens
    let sequences = apart.sequences ?? traffic.sequences
    if tokens < sequences {
      map.faults.add(
        .conflict(
          key: map.name(of: "step-tokens"), found: "\(tokens)",
          mend: "give as many as sequences, \(sequences), or more, or lower these"),
        at: map.position)
    }
    return link == nil ? nil : apart
  }
}
