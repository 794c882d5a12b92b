import Costs
import Diagnostics
import Policies
import Programs
import Quantities

/// Attention of steps that hold a piece of a prompt and decoding sequences, by one kernel for both.
///
/// A kernel for prompts does not split the keys of a sequence over cores, so sequences that decode
/// beside a piece of a prompt read their KV more slowly than alone. Where the device's own kernel was
/// timed on such batches it prices them.
public struct MixedReads: Sendable {
  private struct Layers {
    var count: Double
    var example: MixedAttentionCall
    var kernel: PricedCall
  }

  private let layers: [Layers]
  /// What unequal contexts add; nil where that was not timed.
  public let uneven: UnevenReads?

  /// Nil where not every layer reads all of a KV in the near tier, or the kernel was not timed.
  init?(_ setting: Setting, costs: CostModel) throws(Faults) {
    let (attention, cache) = (setting.method.attention, setting.method.cache)
    guard attention.selection == .all, attention.reads.isEmpty, cache == CachePolicy(),
      setting.method.prompt.attention.isEmpty, setting.method.partition == nil
    else { return nil }
    var layers: [Layers] = []
    for shape in setting.model.shapes.indices {
      let count = setting.model.shapeOfLayer.count { $0 == shape }
      guard count > 0 else { continue }
      guard case .grouped(let it) = setting.model.shapes[shape].attention, it.window == nil,
        it.keyDimension == it.valueDimension
      else { return nil }
      let call = MixedAttentionCall(
        promptTokens: 1, promptCached: 0, longCount: 1, longContext: 1, heads: it.queryHeads,
        kvHeads: it.kvHeads, dimension: it.keyDimension, kv: setting.kv)
      guard let kernel = try costs.call(.constant(.mixedAttention(call))),
        !kernel.entry.isInherited
      else { return nil }
      layers.append(Layers(count: Double(count), example: call, kernel: kernel))
    }
    guard !layers.isEmpty else { return nil }
    self.layers = layers
    uneven = try UnevenReads(layers.map { ($0.count, $0.example) }, costs: costs)
  }

  /// Seconds of all layers.
  /// - Parameter context: of all decoding sequences between them.
  public func seconds(tokens: Int, cached: Int, decoding: Int, context: Int64) -> Double {
    layers.reduce(0) { sum, layer in
      var call = layer.example
      call.promptTokens = tokens
      call.promptCached = cached
      call.longCount = decoding
      call.longContext = Int(context) / max(1, decoding)
      return sum + layer.count * layer.kernel.entry.form.seconds(.mixedAttention(call))
    }
  }
}
