import Models
import Programs
import Workloads

/// Lowers one step of training: the forward pass, the loss, the backward pass and the update.
///
/// The forward pass is that of a prompt. The backward pass goes through the same operations from the
/// last to the first, as `Operation.backward` says; what the layers keep for it is
/// `KeptActivations`. Of a model that is cut over devices this is the work of one of them, the busiest
/// where they differ.
public enum TrainingStep {
  public static func lower(_ setting: Setting) -> LoweredStep {
    var builder = TrainingBuilder(setting)
    builder.addLayers()
    builder.addHead()
    builder.addUpdate()
    return builder.step
  }
}

/// Collects the blocks of a step of training.
private struct TrainingBuilder {
  let setting: Setting
  let training: TrainingShape
  let kept: KeptActivations
  var builder: StepBuilder
  var blocks: [Block] = []
  var forward: [Int] = []
  var backward: [Int] = []
  var last: [Int] = []

  init(_ setting: Setting) {
    self.setting = setting
    training = setting.workload.training ?? TrainingShape()
    builder = StepBuilder(setting)
    kept = KeptActivations(setting, builder.deviceShare)
  }

  var step: LoweredStep {
    LoweredStep(
      streams: builder.streams, blocks: blocks,
      order: (forward + (training.goesBack ? backward.reversed() + last : [])).map {
        BlockUse(block: $0, layer: 0)
      },
      columns: builder.columns)
  }

  private mutating func close(_ name: String) -> Int {
    blocks.append(builder.closeBlock(name))
    return blocks.count - 1
  }

  mutating func addLayers() {
    guard let pass = setting.promptPasses.first else { return }
    var known: [PrefillStep.PromptKey: (forward: Int, backward: Int)] = [:]
    let layers = Double(setting.model.layerCount) * builder.deviceShare.layers
    for index in 0..<Int(layers.rounded(.up)) {
      let key = PrefillStep.PromptKey(setting, layer: index)
      if known[key] == nil { known[key] = addLayer(index, pass) }
      forward.append(known[key]?.forward ?? 0)
      backward.append(known[key]?.backward ?? 0)
    }
  }

  private mutating func addLayer(_ index: Int, _ pass: PromptPass) -> (Int, Int) {
    builder.addPromptLayer(index, pass, isFirst: true)
    builder.addAdapters(layer: index, rows: pass.rows)
    let layer = setting.model.layer(index)
    let operations = builder.ofDevice(builder.closeBlock("").operations)
    let away = kept.bytes(layer: index) * (training.offload?.share ?? 0)
    func phase(_ name: String) -> [Operation] {
      builder.exchanging(
        operations.map { $0.inPhase(name) }, layer.attention, phase: name, times: 1)
    }
    let gathered = builder.addGathered(layer, phase: "forward")
    builder.add(phase("forward"), after: builder.offloaded(away) + gathered)
    builder.addOffload(away)
    let ahead = close("forward-\(index)")

    let home = builder.addReturn(away) + builder.addGathered(layer, phase: "backward")
    var back: [Operation] = []
    for operation in operations.reversed() {
      back += operation.backward(isTrained: training.adapters == nil, of: setting)
    }
    // Gradients of keys and values go round with them; of all else as much comes back as went out.
    let isRing = setting.method.partition?.context.map { $0.scheme != .allToAll } ?? false
    back = builder.exchanging(back, layer.attention, phase: "backward", times: isRing ? 2 : 1)
    builder.add((training.recompute == .layers ? phase("recompute") : []) + back, after: home)
    builder.addReduced(layer)
    return (ahead, close("backward-\(index)"))
  }

  mutating func addHead() {
    guard setting.model.vocabulary > 0, let pass = setting.promptPasses.first else { return }
    builder.addTrainedHead(rows: pass.rows)
    let operations = builder.closeBlock("").operations
    builder.add(operations.map { $0.inPhase("forward") }, after: [])
    forward.append(close("forward-head"))
    if training.lossChunk != nil {
      builder.add(operations.map { $0.inPhase("recompute") }, after: [])
    }
    for operation in operations.reversed() {
      builder.add(
        operation.backward(isTrained: training.adapters == nil, of: setting), after: [])
    }
    backward.append(close("backward-head"))
  }

  mutating func addUpdate() {
    builder.addBoundaries()
    builder.addUpdate()
    builder.addOuterExchange()
    let block = builder.closeBlock("update")
    guard !block.operations.isEmpty else { return }
    last.append(blocks.count)
    blocks.append(block)
  }
}

extension StepBuilder {
  /// Adds operations of which the first waits for more than its own.
  mutating func add(_ operations: [Operation], after: [Dependency]) {
    for (place, operation) in operations.enumerated() {
      var operation = operation
      if place == 0 { operation.after += after }
      add(operation)
    }
  }
}
