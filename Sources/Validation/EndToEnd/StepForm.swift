import Costs
import Quantities

/// The time of one decode step of a whole model, from the device's data sheet and a few shares.
///
///     step = (memory^q + arithmetic^q)^(1/q) + cache + layers (layer + routing)
///            + 2 layers (exchange + bytes / exchange-bandwidth) + host
///
/// - memory: weights over `weights` B plus routed experts over `experts` B. With b tokens a layer
///   reads `E (1 - (1-k/E)^b)` experts.
/// - arithmetic: `2 b active / (arithmetic peak)`; b is padded to a multiple of `tile`. Up to
///   `small-batch` sequences arithmetic is added instead: `memory + (b-1) 2 active / (share peak)`.
/// - cache: the KV cache over `kv` B, or attention's products over `attention` of the peak.
/// - With `host-layer` the host issues kernels one by one:
///   `((layers host-layer)^p + device^p)^(1/p) + host`.
/// - On processors whose arithmetic is told by weight: `(memory^4 + (weights unpack)^4)^(1/4) + cache`.
///
/// All devices of a group run at the pace of one. It fails where requests queue, where a device
/// throttles, and where layers are split between devices of different kinds.
public struct StepForm: Sendable {
  public var device: DeviceFigures
  public var set: StepSet

  public init(device: DeviceFigures, set: StepSet) {
    self.device = device
    self.set = set
  }

  /// How a model is spread over devices.
  public struct Layout: Sendable, Hashable {
    /// Devices that share dense weights, and that attention is replicated over.
    public var tensor: Int
    public var data: Int
    /// All devices; routed experts are spread over them.
    public var devices: Int
    public init(tensor: Int = 1, data: Int = 1, devices: Int? = nil) {
      self.tensor = tensor
      self.data = data
      self.devices = devices ?? max(tensor, data)
    }
    /// Devices that share one replica of the attention.
    var attention: Double { Double(data > 1 ? max(1, tensor / data) : tensor) }
  }

  static func power(_ base: Double, _ exponent: Double) -> Double {
    Elementary.power(base, exponent)
  }

  /// `(a^q + b^q)^(1/q)`, a smooth maximum.
  static func join(_ a: Double, _ b: Double, norm q: Double) -> Double {
    let larger = max(a, b)
    guard larger > 0 else { return 0 }
    return larger * power(1 + power(min(a, b) / larger, q), 1 / q)
  }

  /// Whether the set can price a format: sets that tell arithmetic by weight must name it.
  public func knows(_ format: WeightFormat) -> Bool {
    set.unpack.isEmpty || set.unpack[format.name] != nil
  }

  private func value(_ name: StepCoefficient, _ otherwise: Double) -> Double {
    set.values[name] ?? otherwise
  }

  /// Bytes that one device reads in a step of `batch` sequences.
  struct Traffic {
    var dense: Double
    var experts: Double
  }

  func traffic(
    _ sizes: StepSizes, _ format: WeightFormat, batch: Double, layout: Layout, alone: Bool = false
  ) -> Traffic {
    let tensor = Double(layout.tensor)
    let dense =
      sizes.attention * format.dense / 8 / layout.attention
      + sizes.dense * format.dense / 8 / tensor + sizes.head * format.head / 8 / tensor
    let reached = alone ? batch * sizes.picked : sizes.reached(batch)
    return Traffic(
      dense: dense,
      experts: reached * sizes.expert * sizes.routingLayers * format.expert / 8
        / Double(layout.devices))
  }

  /// Seconds of a step of `batch` sequences with `context` cached tokens each.
  public func seconds(
    _ sizes: StepSizes, _ format: WeightFormat, batch: Double, context: Double,
    layout: Layout = Layout(), kvBits: Double = 16
  ) -> Double {
    let bandwidth = device.bandwidth
    let share = value(.weights, 1)
    let bytes = traffic(
      sizes, format, batch: batch, layout: layout,
      alone: batch < value(.expertsAloneBelow, 0))
    let memory =
      bytes.dense / (share * bandwidth) + bytes.experts / (value(.experts, share) * bandwidth)
    let cache = cacheSeconds(sizes, batch: batch, context: context, layout, kvBits)
    if let unpack = set.unpack[format.name] {
      let weights = (sizes.active + sizes.head) * unpack * batch
      return Self.join(memory, weights, norm: 4) + cache
    }
    let devices = Double(layout.devices)
    var device = products(sizes, format, memory: memory, batch: batch, devices: devices) + cache
    device += sizes.layers * value(.layer, 0) + sizes.routed * value(.routing, 0)
    if layout.devices > 1 {
      let sent = 2 * batch * sizes.hidden * 2 * (devices - 1) / devices
      device +=
        2 * sizes.layers * (value(.exchange, 0) + sent / value(.exchangeBandwidth, 300e9))
    }
    guard let hostLayer = set.values[.hostLayer] else { return device + value(.host, 0) }
    return Self.join(hostLayer * sizes.layers, device, norm: value(.hostNorm, 2.5))
      + value(.host, 0)
  }

  /// Memory and arithmetic of the products together.
  private func products(
    _ sizes: StepSizes, _ format: WeightFormat, memory: Double, batch: Double, devices: Double
  ) -> Double {
    let peak = device.peak(format.arithmetic)
    let flops = 2 * (sizes.active + sizes.head) / devices
    if batch <= value(.smallBatch, 0) {
      return memory + (batch - 1) * flops / (value(.smallBatchArithmetic, 1) * peak)
    }
    let tile = value(.tile, 1)
    let columns = tile > 1 ? (batch / tile).rounded(.up) * tile : batch
    let arithmetic = flops * columns / (value(.arithmetic, 1) * peak)
    return Self.join(memory, arithmetic, norm: value(.norm, 3))
  }

  private func cacheSeconds(
    _ sizes: StepSizes, batch: Double, context: Double, _ layout: Layout, _ kvBits: Double
  ) -> Double {
    let sequences = batch / Double(layout.data)
    let parts = layout.attention
    let read = sizes.cache(context) { 1 / min(parts, $0.kvHeads) }
    let bytes = sequences * read * kvBits / 8 / (value(.kv, 1) * device.bandwidth)
    guard let share = set.values[.attention] else { return bytes }
    let flops = sizes.mixers.reduce(0) {
      $0 + $1.layers * $1.tokens(context) * $1.queryHeads / parts * $1.width
    }
    return max(bytes, 2 * sequences * flops / (share * device.peak(.bf16)))
  }

  /// Seconds of reading a prompt of `tokens` tokens: `flops / (prefill peak)`, attention included.
  public func prefill(
    _ sizes: StepSizes, _ format: WeightFormat, tokens: Double, devices: Int
  ) -> Double {
    let attention = sizes.mixers.reduce(0) {
      $0 + 2 * $1.layers * $1.tokens(tokens) / 2 * $1.queryHeads * $1.promptWidth
    }
    return (2 * sizes.active + attention) * tokens / Double(devices)
      / (value(.prefill, 0.5) * device.peak(format.arithmetic))
  }
}

extension StepSizes {
  /// Layers that `routing` is paid for: all of a model that routes.
  var routed: Double { experts > 0 ? layers : 0 }
}
