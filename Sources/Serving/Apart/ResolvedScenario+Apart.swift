import Diagnostics
import Scenarios
import Simulation
import Workloads

extension ResolvedScenario {
  /// The scenario as the servers that compute prompts run it; nil where they are the same as those that
  /// decode.
  var ofPromptServers: ResolvedScenario? {
    guard var traffic = scenario.workload.requests, let apart = traffic.apart else { return nil }
    var other = self
    if let server = promptServer { (other.profile, other.donors) = (server.profile, server.donors) }
    // What another device's memory leaves is not that of the servers that decode.
    traffic.kvTokens = apart.kvTokens ?? (promptServer == nil ? traffic.kvTokens : nil)
    traffic.stepTokens = apart.stepTokens ?? traffic.stepTokens
    traffic.sequences = apart.sequences ?? traffic.sequences
    traffic.replicas = apart.promptReplicas
    // They decode nothing, so nothing is preempted that has KV worth keeping.
    traffic.preempt = .recompute
    traffic.apart = nil
    other.scenario.workload.requests = traffic
    other.promptServer = nil
    return other
  }
}

extension KVTransfer {
  /// What KV takes from one scenario's servers to another's, which both have the link.
  init(
    from sender: ServingRun, to receiver: ServingRun, over link: String
  ) throws(Faults) {
    let bytes = receiver.bytesPerToken
    self.init(
      [
        try TransferPrice(sender.resolved, link: link, bytesPerToken: bytes),
        try TransferPrice(receiver.resolved, link: link, bytesPerToken: bytes),
      ], bytesPerToken: Int64(min(bytes.rounded(), 1e9)))
  }
}
