import Foundation
import Kernels

/// What reading tokens one by one came to.
public struct ModelReading: Sendable, Hashable {
  public private(set) var tokens = 0
  /// Seconds in the model alone.
  public private(set) var seconds = 0.0
  /// Sum of -ln p of the tokens that were predicted.
  private var surprise = 0.0
  private var predicted = 0

  public init() {}

  /// Mean of -ln p(next token) over all tokens but the first, in nats; nil for one token.
  public var loss: Double? { predicted > 0 ? surprise / Double(predicted) : nil }
  public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }

  mutating func add(seconds: Double) {
    tokens += 1
    self.seconds += seconds
  }

  mutating func expect(_ token: Int, by logits: [Float]) {
    surprise += Self.surprise(of: token, by: logits)
    predicted += 1
  }

  /// -ln of the softmax share of `token`.
  static func surprise(of token: Int, by logits: [Float]) -> Double {
    let greatest = Double(logits.max() ?? 0)
    let total = logits.reduce(0.0) { $0 + exp(Double($1) - greatest) }
    return greatest + log(total) - Double(logits[token])
  }
}

/// Reads a prompt with a small model and writes on, one token after the other.
public struct ModelReader {
  private let model: TinyModel
  private let pool: WorkerPool
  private let path: TinyModel.Path
  private let recording: TouchRecording?
  /// The logits of the next token.
  private var logits: [Float] = []

  /// - Parameter recording: What takes down the touches; nil reads without a hook.
  public init(
    _ model: TinyModel, on pool: WorkerPool, path: TinyModel.Path, recording: TouchRecording? = nil
  ) {
    self.model = model
    self.pool = pool
    self.path = path
    self.recording = recording
  }

  /// Reads all of `tokens`; `each` is called after every one.
  ///
  /// - Throws: `KernelFault` when the model's room is spent.
  public mutating func read(
    _ tokens: some Sequence<UInt8>, each: () -> Void = {}
  ) throws(KernelFault) -> ModelReading {
    var reading = ModelReading()
    for token in tokens {
      if !logits.isEmpty { reading.expect(Int(token), by: logits) }
      try read(token, into: &reading)
      each()
    }
    return reading
  }

  /// Writes `count` tokens, each the likeliest, the lowest of equals.
  public mutating func generate(
    _ count: Int, each: () -> Void = {}
  ) throws(KernelFault) -> (tokens: [UInt8], reading: ModelReading) {
    var reading = ModelReading()
    var tokens: [UInt8] = []
    for _ in 0..<count {
      var best = 0
      for token in logits.indices where logits[token] > logits[best] { best = token }
      let token = UInt8(truncatingIfNeeded: best)
      tokens.append(token)
      try read(token, into: &reading)
      each()
    }
    return (tokens, reading)
  }

  private mutating func read(
    _ token: UInt8, into reading: inout ModelReading
  ) throws(KernelFault) {
    recording?.begin()
    let clock = ContinuousClock()
    let start = clock.now
    logits = try model.read(Int(token), on: pool, path: path, hook: recording?.hook)
    let time = start.duration(to: clock.now).components
    reading.add(seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18)
  }
}
