import Models
import Programs
import Quantities
import Workloads

extension StepBuilder {
  /// The operations of a layer as one device has them: its share of the pairs of attention and of
  /// stated works; projections and the rest have its tokens already.
  func ofDevice(_ operations: [Operation]) -> [Operation] {
    guard deviceShare != DeviceShare() else { return operations }
    let stated = Set(setting.method.overheads.map { "prompt.\($0.name)" })
    return operations.map { operation in
      var operation = operation
      if operation.kind == .attentionPrefill {
        operation.scale(flops: deviceShare.pairs, bytes: deviceShare.tokens)
      } else if stated.contains(operation.name) {
        operation.scale(flops: deviceShare.tokens, bytes: deviceShare.tokens)
      }
      return operation
    }
  }

  /// The operations of a layer with what its devices exchange for its attention: in a ring beside
  /// attention, each ring on the stream of its link; else before it and behind it.
  /// - Parameter times: exchanges of the backward pass over those of the forward pass.
  mutating func exchanging(
    _ operations: [Operation], _ attention: Attention, phase: String, times: Double
  ) -> [Operation] {
    guard !deviceShare.exchanges.isEmpty,
      let first = operations.firstIndex(where: { $0.kind == .attentionPrefill }),
      let last = operations.lastIndex(where: { $0.kind == .attentionPrefill })
    else { return operations }
    let isRing = setting.method.partition?.context.map { $0.scheme != .allToAll } ?? false
    let before = operations[..<first].last { $0.stream == main }.map { Dependency(on: $0.name) }
    let number = setting.activations.bytes(of: setting.exchangedNumbers(attention)).value * times
    var middle = Array(operations[first...last])
    let ahead = deviceShare.exchanges.map { exchange in
      sent(
        "\(phase).exchange.\(exchange.link)", exchange,
        bytes: exchange.tokens * number * (isRing ? 1 : 0.5),
        after: [before ?? Dependency(on: "", blocksBack: 1)])
    }
    var behind: [Operation] = []
    if !isRing {
      middle[0].after += ahead.map { Dependency(on: $0.name) }
      behind = deviceShare.exchanges.map { exchange in
        sent(
          "\(phase).return.\(exchange.link)", exchange, bytes: exchange.tokens * number / 2,
          after: [Dependency(on: operations[last].name)])
      }
    }
    let awaited = (isRing ? ahead : behind).map { Dependency(on: $0.name) }
    // Nothing else need follow in the block, so an operation without work waits for the links.
    let join = Operation(
      name: "\(phase).exchanged", site: .partition, kind: .elementwise, stream: main, traffic: [],
      launches: .zero, after: awaited)
    return operations[..<first] + ahead + middle + behind + [join] + operations[(last + 1)...]
  }

  private mutating func sent(
    _ name: String, _ exchange: DeviceShare.Exchange, bytes: Double, after: [Dependency]
  ) -> Operation {
    message(name, link: exchange.link, bytes: bytes, messages: exchange.messages, after: after)
  }

  /// What a device sends over a link to other devices.
  private mutating func message(
    _ name: String, link: String, bytes: Double, messages: Double = 1, after: [Dependency]
  ) -> Operation {
    Operation(
      name: name, site: .partition, kind: .copy,
      stream: stream(link, .copy(link: link, towards: nearTier)),
      traffic: [link, nearTier].map { Traffic(through: $0, bytes: Affine(base: bytes)) },
      pieces: Affine(base: messages), launches: Affine(base: messages), after: after)
  }

  /// Sharded weights of a layer come from the other devices before it is computed; returns what its
  /// first operation waits for.
  mutating func addGathered(_ layer: Layer, phase: String) -> [Dependency] {
    guard let replicas = setting.method.partition?.replicas, replicas.isSharded else { return [] }
    let name = "\(phase).gather"
    add(
      message(
        name, link: replicas.link, bytes: replicas.sent(setting, of: layer), after: []))
    return [Dependency(on: name)]
  }

  /// The gradients of a layer go out once its backward pass has ended.
  mutating func addReduced(_ layer: Layer) {
    guard let replicas = setting.method.partition?.replicas, replicas.every == 1 else { return }
    // A sum is gathered again where all devices keep the whole.
    let bytes = replicas.sent(setting, of: layer) * (replicas.isSharded ? 1 : 2)
    add(message("backward.reduce", link: replicas.link, bytes: bytes, after: afterMain()))
  }

  /// What goes from stage to stage of a pipeline, there and back.
  mutating func addBoundaries() {
    guard let pipeline = setting.method.partition?.pipeline, let bytes = setting.boundaryBytes
    else { return }
    for phase in ["forward", "backward"] {
      add(
        message(
          "\(phase).boundary", link: pipeline.link, bytes: bytes * pipeline.width, after: []))
    }
  }

  /// Copies that learn apart exchange what they have learnt, once in so many steps: a step has its part
  /// of it.
  mutating func addOuterExchange() {
    guard let replicas = setting.method.partition?.replicas, replicas.every > 1,
      let bytes = setting.syncBytes
    else { return }
    add(
      message(
        "outer.exchange", link: replicas.link, bytes: bytes / Double(replicas.every),
        after: afterMain()))
    add(
      Operation(
        name: "outer.exchanged", site: .partition, kind: .elementwise, stream: main, traffic: [],
        launches: .zero, after: [Dependency(on: "outer.exchange")]))
  }
}

extension Operation {
  fileprivate mutating func scale(flops: Double, bytes: Double) {
    self.flops = self.flops * flops
    traffic = traffic.map { Traffic(through: $0.through, bytes: $0.bytes * bytes) }
    call = call.map { .repeated($0.example, times: $0.times * flops) }
  }
}

extension PartitionPolicy.Replicas {
  /// Bytes that a device sends of a layer: `(n - 1) / n` of what is exchanged of its weights.
  fileprivate func sent(_ setting: Setting, of layer: Layer) -> Double {
    let elements = layer.matrices(hidden: setting.model.hidden).elements
    let whole = elements * density * bits / 8
    return whole * Double(count - 1) / Double(count)
  }
}

extension Setting {
  /// Bytes of one exchange of replicas that learn apart.
  public var syncBytes: Double? {
    guard workload.training != nil, let replicas = method.partition?.replicas, replicas.every > 1
    else { return nil }
    return model.parameterCount * replicas.density * replicas.bits / 8
  }

  /// Bytes of the residual stream between two stages of a pipeline, uncompressed, in one direction.
  public var boundaryBytes: Double? {
    guard workload.training != nil, method.partition?.pipeline != nil else { return nil }
    let tokens = Double(promptPositions * workload.batch)
    return activations.bytes(of: tokens * Double(model.hidden)).value
  }
}
