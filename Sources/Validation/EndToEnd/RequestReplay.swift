/// Predicts the time between tokens of each request of a run whose batches are known.
///
/// Which requests run together at a moment is taken from the measured stamps, how fast they run is
/// predicted: the tokens that a request would have decoded in its measured interval are the
/// integral of `(1 - share of prompts being read) / step(batch, context)`.
struct RequestReplay {
  let form: StepForm
  let sizes: StepSizes
  let run: ServedRun

  /// Predicted seconds between tokens, by request.
  func tokenSeconds() -> [Double] {
    let requests = run.requests
    var tokens = [Double](repeating: 0, count: requests.count)
    let stamps = Set(requests.flatMap { [$0.scheduled, $0.firstToken, $0.lastToken] }).sorted()
    let prompts = requests.map(promptShare)
    // Requests leave the list for good once the sweep has passed their last token.
    let byStart = requests.indices.sorted { requests[$0].scheduled < requests[$1].scheduled }
    var open: [Int] = []
    var next = 0
    for (from, to) in zip(stamps, stamps.dropFirst()) {
      let middle = (from + to) / 2
      while next < byStart.count, requests[byStart[next]].scheduled <= middle {
        open.append(byStart[next])
        next += 1
      }
      open.removeAll { requests[$0].lastToken <= middle }
      let running = open.filter { requests[$0].firstToken <= middle }
      guard !running.isEmpty else { continue }
      var context = 0.0
      for index in running {
        let request = requests[index]
        context += request.input + (middle - request.firstToken) / request.tokenSeconds
      }
      let reading = open.reduce(0) {
        $0 + (requests[$1].firstToken > middle ? prompts[$1] : 0)
      }
      let share = min(0.95, reading / Double(run.layout.data))
      let step = form.seconds(
        sizes, run.format, batch: Double(running.count),
        context: context / Double(running.count), layout: run.layout)
      for index in running { tokens[index] += (to - from) * (1 - share) / step }
    }
    return zip(requests, tokens).map { ($0.lastToken - $0.firstToken) / max($1, 1e-9) }
  }

  /// The share of the device that a prompt takes while it is read.
  private func promptShare(_ request: ServedRun.Request) -> Double {
    let seconds = form.prefill(
      sizes, run.format, tokens: request.input, devices: run.layout.tensor)
    return seconds / max(request.firstToken - request.scheduled, 1e-4)
  }
}
