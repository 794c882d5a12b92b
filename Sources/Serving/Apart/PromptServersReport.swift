import Hardware
import Scenarios

/// What servers that compute prompts met, and the link from them to those that decode.
public struct PromptServersReport: Sendable {
  public let hardware: String
  public let replicas: Int
  /// Share of all time in steps.
  public let busy: Double
  /// Of pages that hold KV until it is sent; nil without KV.
  public let meanOccupancy: Double?
  public let peakOccupancy: Double?
  /// As of the servers that decode.
  public let resources: [StreamReport.Resource]
  public let bound: String
  public let transfers: TransferTotal
  /// The link with its busiest port: the share of all time for which that is taken, and all bytes.
  public let link: StreamReport.Resource
  /// Mean seconds from the end of a prompt to the arrival of its KV, and of these for which it waited;
  /// nil where none was sent.
  public let transferTime: Double?
  public let transferWait: Double?
  let joules: Double?
  let dollars: Double?

  /// Nil where prompts have no servers of their own.
  init?(_ played: PlayedStream, of run: ServingRun) {
    guard let prompts = played.promptServers, let transfers = played.transfers,
      let server = run.promptServers, let apart = run.traffic.apart
    else { return nil }
    let profile = server.resolved.profile
    hardware = profile.name
    replicas = prompts.tallies.count
    busy = Double(prompts.busy) / Double(max(1, played.length)) / Double(replicas)
    let occupancy = prompts.occupancy
    meanOccupancy = server.kvTokens.map { _ in occupancy.mean }
    peakOccupancy = server.kvTokens.map { _ in occupancy.peak }
    resources = StreamReport.resources(
      prompts, server.resolved, profile.links.map(\.name) + profile.tiers.map(\.name))
    bound = StreamReport.bound(prompts, resources, preemptions: 0, ended: 0)
    self.transfers = transfers
    link = .init(
      name: "\(apart.link) to decode",
      share: Double(transfers.busiest) / Double(max(1, played.length)),
      bytes: Double(transfers.bytes))
    let count = Double(transfers.transfers)
    transferTime = count > 0 ? Double(played.transit) / count * 1e-12 : nil
    transferWait = count > 0 ? Double(transfers.waited) / count * 1e-12 : nil
    joules = StreamReport.joules(prompts, server.resolved).map {
      $0 + Double(transfers.energy) * 1e-9
    }
    dollars = StreamReport.dollars(prompts, server.resolved)
  }

  /// What holds the rate of all: of prompts, the link and decode that which is busy for the longest.
  /// - Parameters:
  ///   - decode: what holds the servers that decode.
  ///   - busy: for what share of the time they are in steps.
  func bound(beside decode: String, busy decodeBusy: Double) -> String {
    if link.share > max(busy, decodeBusy) { return link.name }
    return busy > decodeBusy ? "prompts: \(bound)" : decode
  }
}
