import Diagnostics
import Policies
import Quantities

/// Reads the site `depth`: how many passes, through how many layers, buy a token.
struct DepthReader {
  let map: MapReader

  func read() -> DepthPolicy {
    var policy = DepthPolicy()
    if let draft = map.value("draft")?.map() { policy.draft = self.draft(draft) }
    if let exit = map.value("exit")?.map() { policy.exit = leaving(exit) }
    if let correct = map.value("correct")?.map() { policy.correct = self.correct(correct) }
    if map.contains("draft"), map.contains("correct") {
      map.faults.add(
        .conflict(
          key: map.name(of: "correct"), found: "given with draft",
          mend: "both say which tokens a pass goes over; leave one of them out"),
        at: map.position)
    }
    map.finish()
    return policy
  }

  private func draft(_ map: MapReader) -> DepthPolicy.Draft? {
    let tokens = SharedKeys.tokens(
      map.required("tokens", "positions that are verified together"), in: 1...65536)
    let accepted = map.required("accepted", "tokens that a step yields in the mean")?.number(
      in: 1...65536)
    let value = map.value("model")
    let model: DepthPolicy.DraftModel? = value.flatMap { value in
      if value.isMap { return .inline }
      return value.scalarText == "none" ? nil : value.text().map { .named($0) }
    }
    let passes = map.value("passes").map { $0.integer(in: 1...1024) } ?? 1
    let width = map.value("width").map { SharedKeys.tokens($0, in: 1...65536) } ?? 1
    let shares = map.value("shares-ends").map { $0.boolean() } ?? false
    let heads = map.value("heads").map { $0.integer(in: 0...64) } ?? 0
    for key in ["passes", "width", "shares-ends"] where model == nil && map.contains(key) {
      map.faults.add(
        .conflict(
          key: map.name(of: key), found: "given without a model",
          mend: "name the model that proposes, or leave it out"), at: map.position)
    }
    map.finish()
    guard let tokens, let accepted, let passes, let width, let shares, let heads else { return nil }
    guard accepted <= Double(tokens) else {
      map.faults.add(
        .outOfRange(
          key: map.name(of: "accepted"), found: "\(accepted)",
          allowed: "at most the \(tokens) tokens that are verified"), at: map.position)
      return nil
    }
    return DepthPolicy.Draft(
      tokens: tokens, accepted: accepted, model: model, passes: passes, width: width,
      sharesEnds: shares, heads: heads)
  }

  private func leaving(_ map: MapReader) -> DepthPolicy.Exit? {
    let layers = map.required("mean-layers", "layers that a step runs in the mean")?.number(
      in: 1...4096)
    let predictor = map.value("predictor")?.map().map(predictor)
    let candidates = map.value("candidates").map { $0.integer(in: 0...1_000_000) } ?? 0
    let refused = map.value("refused").map { $0.integer(in: 0...64) } ?? 0
    map.finish()
    guard let layers, let candidates, let refused, predictor != .some(nil) else { return nil }
    return DepthPolicy.Exit(
      meanLayers: layers, predictor: predictor ?? nil, candidates: candidates, refused: refused)
  }

  private func predictor(_ map: MapReader) -> DepthPolicy.Exit.Predictor? {
    let inputs = map.required("inputs", "numbers that it looks at")?.integer(in: 1...1_000_000)
    let width = map.required("width", "numbers between its products")?.integer(in: 1...1_000_000)
    let range = LayerRangeReader.read(map.value("layers"))
    let every = map.value("every").map {
      $0.quantity(Layers.self, in: Layers(1)...Layers(4096))
    }
    let launches = map.value("launches").map { $0.integer(in: 0...1000) } ?? 0
    map.finish()
    guard let inputs, let width, let range, let launches, every != .some(nil) else { return nil }
    let layers = (every ?? nil).map(\.value) ?? 1
    return .init(
      inputs: inputs, width: width, layers: range, every: Int(layers), launches: launches)
  }

  private func correct(_ map: MapReader) -> DepthPolicy.Correct? {
    let every = SharedKeys.tokens(
      map.required("every", "tokens that one pass corrects"), in: 2...4096)
    let accepted = map.required("accepted", "tokens of these that stay in the mean")?.number(
      in: 1...4096)
    map.finish()
    guard let every, let accepted else { return nil }
    guard accepted <= Double(every) else {
      map.faults.add(
        .outOfRange(
          key: map.name(of: "accepted"), found: "\(accepted)",
          allowed: "at most the \(every) tokens that are corrected"), at: map.position)
      return nil
    }
    return .init(every: every, accepted: accepted)
  }
}
