import Programs

/// Collects the streams, columns and operations of a step while the sites add theirs.
public struct StepBuilder: Sendable {
  public let setting: Setting
  /// The tier that the runtime's compute unit computes from.
  private(set) var nearTier: String
  public private(set) var streams: [Programs.Stream] = []
  /// Names of the columns that operations refer to, in the order of their indices.
  public private(set) var columns: [String] = []
  /// What the weights of the layer at hand weigh in a recording, over their elements at the stated
  /// precision: 1 unless a trace recorded it.
  var weightScale = 1.0
  /// The part of the model whose products are being added, which decides how weights are stored.
  var part = WeightsPolicy.Part.attention
  /// What layers read of KV, where the method states it.
  let readPlan: ReadPlan?
  /// Tokens that pass through the layer at hand together: one a sequence, or those of a prompt.
  var tokens: Int
  /// What one device has of a step that is cut over several.
  let deviceShare: DeviceShare
  private(set) var operations: [Operation] = []
  /// In the layer that was added last, how many stated works it begins with, and the places of its
  /// reads of KV.
  var statedCount = 0
  var reads = 0..<0

  public init(_ setting: Setting) { self.init(setting, ReadPlan(setting)) }

  /// - Parameter readPlan: the setting's.
  init(_ setting: Setting, _ readPlan: ReadPlan?) {
    self.setting = setting
    nearTier = setting.nearTier
    tokens = setting.workload.batch
    self.readPlan = readPlan
    deviceShare = setting.deviceShare
    _ = stream(setting.runtime.unit, .compute(unit: setting.runtime.unit))
  }

  /// Index of the stream of that name, made when it is new.
  mutating func stream(_ name: String, _ engine: Programs.Stream.Engine) -> Int {
    if let index = streams.firstIndex(where: { $0.name == name }) { return index }
    streams.append(Programs.Stream(name: name, engine: engine))
    return streams.count - 1
  }

  /// The stream on which the layer at hand runs: that of the runtime's unit, or the host's.
  private(set) var main = 0

  /// The host computes the layer at hand where its weights lie, or the runtime's unit does.
  mutating func run(onHost: Bool) {
    guard onHost, let host = setting.host else {
      (main, nearTier) = (0, setting.nearTier)
      return
    }
    (main, nearTier) = (stream(host.name, .compute(unit: host.name)), host.memory)
  }

  mutating func column(_ name: String) -> Int {
    if let index = columns.firstIndex(of: name) { return index }
    columns.append(name)
    return columns.count - 1
  }

  /// - Parameter waits: the host launches it when the device is idle, and nothing before it is through.
  mutating func add(_ operation: Operation, waits: Bool = false) {
    guard issuesLaunches, operation.stream == main, operation.launches != .zero,
      operation.kind != .hostIssue
    else {
      operations.append(operation)
      return
    }
    var operation = operation
    operation.after.append(addIssue(of: operation, after: waits ? afterMain() : []))
    operations.append(operation)
    if waits { addHostWait(for: operation) }
  }

  /// Name of the operation that was added last to the main stream in this block.
  var lastOnMain: String? { operations.last { $0.stream == main }?.name }

  /// What an operation on another stream waits for so that the main stream has come this far:
  /// the last operation of the block, or of the block before.
  func afterMain(blocksBack: Int = 0) -> [Dependency] {
    if blocksBack == 0, let last = lastOnMain { return [Dependency(on: last)] }
    return [Dependency(on: "", blocksBack: max(1, blocksBack))]
  }

  /// The same where operations before may be left out of a step: those that never are count too.
  func afterMainSurely(blocksBack: Int = 0) -> [Dependency] {
    guard blocksBack == 0, let last = operations.last(where: { $0.stream == main }),
      last.skippedWhenEmpty
    else { return afterMain(blocksBack: blocksBack) }
    let sure = operations.last { $0.stream == main && !$0.skippedWhenEmpty }
    return [Dependency(on: last.name)]
      + (sure.map { [Dependency(on: $0.name)] } ?? [Dependency(on: "", blocksBack: 1)])
  }

  var hasOperations: Bool { !operations.isEmpty }

  /// The operations since the last call, as a block.
  mutating func closeBlock(_ name: String) -> Block {
    defer { operations.removeAll() }
    return Block(name: name, operations: operations)
  }
}
