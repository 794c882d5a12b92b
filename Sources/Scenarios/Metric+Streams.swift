/// The numbers of a stream of requests that single requests have not.
///
/// A stream also has `ttft`, `tpot`, `request.time`, `throughput`, `batch`, `energy_per_token` and
/// `cost_per_million_tokens`, and of each tier and link the bytes of a token and the utilisation.
extension Metric {
  static let ofStreams: [Metric] = [
    Metric(name: "ttft.p50", unit: .seconds), Metric(name: "ttft.p90", unit: .seconds),
    Metric(name: "ttft.p99", unit: .seconds),
    Metric(name: "tpot.p50", unit: .seconds), Metric(name: "tpot.p90", unit: .seconds),
    Metric(name: "tpot.p99", unit: .seconds),
    Metric(name: "token_gap", unit: .seconds), Metric(name: "token_gap.p50", unit: .seconds),
    Metric(name: "token_gap.p90", unit: .seconds), Metric(name: "token_gap.p99", unit: .seconds),
    Metric(name: "request.time.p50", unit: .seconds),
    Metric(name: "request.time.p90", unit: .seconds),
    Metric(name: "request.time.p99", unit: .seconds),
    Metric(name: "queueing", unit: .seconds), Metric(name: "queueing.p50", unit: .seconds),
    Metric(name: "queueing.p90", unit: .seconds), Metric(name: "queueing.p99", unit: .seconds),
    Metric(name: "requests.offered", unit: .perSecond),
    Metric(name: "requests.rate", unit: .perSecond),
    Metric(name: "requests.growth", unit: .share),
    Metric(name: "requests.refused", unit: .share),
    Metric(name: "goodput", unit: .perSecond), Metric(name: "kept", unit: .share),
    Metric(name: "busy", unit: .share), Metric(name: "preemptions", unit: .share),
    Metric(name: "kv.occupancy", unit: .share), Metric(name: "kv.occupancy.peak", unit: .share),
    Metric(name: "kv.waited", unit: .share), Metric(name: "batch.waited", unit: .share),
    Metric(name: "prefix.hit_rate", unit: .share), Metric(name: "copies.waited", unit: .share),
    Metric(name: "prompts.busy", unit: .share),
    Metric(name: "prompts.kv.occupancy", unit: .share),
    Metric(name: "prompts.kv.occupancy.peak", unit: .share),
    Metric(name: "transfer.time", unit: .seconds), Metric(name: "transfer.waited", unit: .seconds),
  ]
}
