import Costs
import Diagnostics
import Hardware
import Models
import Policies
import Programs
import Quantities
import Simulation
import Workloads

/// The program that stands for a measured step on a machine.
enum StepProgram {
  /// - Returns: nil where the machine lacks the memory that the step fetches from.
  static func program(
    of shape: MeasuredStep.Shape, profile: Profile, runtime: Runtime
  ) -> Program? {
    switch shape {
    case .decode(let shape): decode(shape, profile, runtime)
    case .offload(let shape): offload(shape, profile, runtime)
    }
  }

  /// The step as the simulator lowers it from a scenario, its counts taken from the row.
  private static func decode(
    _ shape: DecodeStepShape, _ profile: Profile, _ runtime: Runtime
  ) -> Program {
    var method = MethodChoice()
    if shape.selects {
      method.attention = AttentionPolicy(
        selection: .pages(keep: shape.pagesRead * shape.page, page: shape.page), score: .pageMean)
    }
    let setting = Setting(
      profile: profile, runtime: runtime, model: shape.model, weights: .bf16, kv: .bf16,
      activations: .bf16,
      workload: RequestShape(prompt: shape.context - 1, generate: 1, batch: shape.batch),
      method: method)
    let step = DecodeStep.lower(setting)
    let unit = setting.contextUnit
    let columns = step.columns.map { name in
      let heads = shape.model.layer(0).attention.kvHeads
      let count =
        name == "context" ? (shape.context + unit - 1) / unit : heads * shape.pagesRead
      return CountColumn(
        name: name, layers: shape.model.layerCount, steps: 1, constant: Int32(clamping: count))
    }
    return Program(
      streams: step.streams, blocks: step.blocks, order: step.order, columns: columns, steps: 1)
  }

  /// A layer's gather, products and attention. The gather's stream stands first: forked off at the
  /// start of a layer, it takes its cores before the product beside it.
  private static func offload(
    _ shape: OffloadStepShape, _ profile: Profile, _ runtime: Runtime
  ) -> Program? {
    guard let near = profile.computeUnit(runtime.unit)?.memory,
      let link = profile.links.first(where: {
        $0.near == near && profile.tier($0.far)?.kind == .memory
      })
    else { return nil }
    let engine = Programs.Stream.Engine.compute(unit: runtime.unit)
    var streams = [Programs.Stream(name: runtime.unit, engine: engine)]
    if shape.overlaps {
      streams.insert(Programs.Stream(name: "\(runtime.unit)-gather", engine: engine), at: 0)
    }
    let main = streams.count - 1
    let page = Affine(each: shape.pageBytes)
    var operations = [
      Operation(
        name: "cache.fetch", site: .cache, kind: .gather, stream: 0, precision: .bf16,
        traffic: [link.name, link.far, near].map { Traffic(through: $0, bytes: page) },
        pieces: Affine(each: 1), column: 0, skippedWhenEmpty: true,
        after: shape.overlaps ? [Dependency(on: "attention.attend", blocksBack: 1)] : [])
    ]
    for index in 0..<shape.products {
      operations.append(
        Operation(
          name: "product.\(index)", site: .model, kind: .matrixVector, stream: main,
          precision: .bf16, flops: Affine(base: shape.productBytes),
          traffic: [Traffic(through: near, bytes: Affine(base: shape.productBytes))]))
    }
    operations.append(
      Operation(
        name: "attention.attend", site: .attention, kind: .attentionDecode, stream: main,
        precision: .bf16,
        traffic: [
          Traffic(through: near, bytes: Affine(base: Double(shape.pagesRead) * shape.pageBytes))
        ], after: shape.overlaps ? [Dependency(on: "cache.fetch")] : []))
    return Program(
      streams: streams, blocks: [Block(name: "layer", operations: operations)],
      order: (0..<shape.layers).map { BlockUse(block: 0, layer: $0) },
      columns: [
        CountColumn(
          name: "pages.missed", layers: shape.layers, steps: 1,
          constant: Int32(clamping: shape.pagesFetched))
      ], steps: 1)
  }
}

extension PricedProgram {
  /// The plain roofline of one step: each operation at its peaks, streams side by side.
  func roofline(step: Int) -> Double {
    var ofStream = [Double](repeating: 0, count: program.streams.count)
    for use in program.order {
      for (operation, priced) in zip(program.blocks[use.block].operations, resolved[use.block]) {
        let count =
          operation.column.map {
            let column = program.columns[$0]
            return Double(column.counts[step * column.layers + use.layer])
          } ?? 1
        if count == 0, operation.skippedWhenEmpty { continue }
        ofStream[operation.stream] += priced.price(count).floor.value
      }
    }
    return ofStream.max() ?? 0
  }
}
