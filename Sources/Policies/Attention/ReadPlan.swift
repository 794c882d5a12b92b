import Models
import Quantities

/// What the layers of a model read and store of KV, where a method states it by shares and amounts.
///
/// Layers of the same attention for which the same statements hold are of one class.
public struct ReadPlan: Sendable {
  public let classes: [LayerReads]
  /// For each layer its class; nil for layers without KV.
  public let classOfLayer: [Int?]

  /// Nil where the method states nothing, so that all is read and stored as it is.
  public init?(_ setting: Setting) {
    guard setting.method.statesReads else { return nil }
    let count = setting.model.layerCount
    // Few: to compare them is cheaper than to hash one.
    var known: [Key] = []
    var classes: [LayerReads] = []
    var classOfLayer: [Int?] = []
    classOfLayer.reserveCapacity(count)
    let isUniform = setting.method.statesReadsOfAllLayers
    let shapes = setting.model.shapeOfLayer
    for index in 0..<count {
      // Most layers are like the one before, which is cheaper to see than to look up.
      if isUniform, index > 0, shapes[index] == shapes[index - 1] {
        classOfLayer.append(classOfLayer[index - 1])
        continue
      }
      let attention = setting.model.layer(index).attention
      guard attention.kvHeads > 0 else {
        classOfLayer.append(nil)
        continue
      }
      let reads = setting.method.attention.reads.filter {
        $0.layers.contains(index, of: count)
      }
      var kept: [CacheKeep.Amount] = []
      if case .amounts(let amounts) = setting.method.cache.keep {
        kept = amounts.filter { $0.layers.contains(index, of: count) }
      }
      let key = Key(attention: attention, reads: reads, kept: kept)
      if let place = known.firstIndex(of: key) {
        classOfLayer.append(place)
        continue
      }
      known.append(key)
      classOfLayer.append(classes.count)
      classes.append(LayerReads(attention, reads: reads, kept: kept, setting))
    }
    self.classes = classes
    self.classOfLayer = classOfLayer
  }

  private struct Key: Equatable {
    var attention: Attention
    var reads: [AttentionRead]
    var kept: [CacheKeep.Amount]
  }

  /// Tokens in the context of the first step and of the last.
  public static func contexts(_ setting: Setting) -> ClosedRange<Int> {
    setting.longestContext - setting.workload.generate + 1...setting.longestContext
  }

  /// The column of a kernel of a class.
  public static func column(_ kernel: ReadKernel, of place: Int) -> String {
    "reads.\(place).\(kernel.name)"
  }
}

extension MethodChoice {
  /// Whether reads, or the form or amount of what is stored, are stated.
  public var statesReads: Bool {
    !attention.reads.isEmpty || cache.keep != nil || cache.form != nil
      || cache.sharedPrefix != nil
  }

  /// Whether what is stated of reads and of the cache is for every layer.
  fileprivate var statesReadsOfAllLayers: Bool {
    guard attention.reads.allSatisfy({ $0.layers == .all }) else { return false }
    guard case .amounts(let amounts) = cache.keep else { return true }
    return amounts.allSatisfy { $0.layers == .all }
  }
}

/// What the layers of one class read and store.
public struct LayerReads: Sendable {
  let attention: Attention
  let entry: KVEntry
  /// Stated amounts that are stored; the rest of the heads keep all.
  private let kept: [CacheKeep.Amount]
  /// Only what reads can reach is stored.
  private let keepsAsRead: Bool
  private let reads: [AttentionRead]
  /// Reads that are stated, against what is kept; else what is kept is what is read.
  private let readsAreStated: Bool
  /// First tokens that are stored once for the batch.
  private let prefix: Double?
  public let kernels: [ReadKernel]

  init(
    _ attention: Attention, reads: [AttentionRead], kept: [CacheKeep.Amount], _ setting: Setting
  ) {
    self.attention = attention
    self.kept = kept
    let cache = setting.method.cache
    entry = KVEntry(attention, kv: setting.kv, form: cache.form)
    keepsAsRead = cache.keep == .asRead
    readsAreStated = !reads.isEmpty
    let rest = max(0, 1 - kept.reduce(0) { $0 + $1.heads })
    var all = reads
    if reads.isEmpty {
      all = kept.map { AttentionRead(heads: $0.heads, tokens: $0.tokens) }
      if rest > 1e-9 { all.append(AttentionRead(heads: rest)) }
    }
    self.reads = all
    // Where a window or an eviction moves on, sequences have no first tokens in common for long.
    let sharing = attention.window == nil && kept.isEmpty ? cache.sharedPrefix : nil
    prefix = sharing?.count(of: setting)
    kernels = Self.kernels(
      all, attention, entry, batch: setting.workload.batch, sharing?.reads,
      prefix: prefix ?? 0)
  }

  private static func kernels(
    _ reads: [AttentionRead], _ attention: Attention, _ entry: KVEntry, batch: Int,
    _ way: SharedPrefix.Reads?, prefix count: Double
  ) -> [ReadKernel] {
    let once = way == .once ? count : 0
    let each = way == .each ? count : 0
    func kernel(
      _ name: String, _ reads: [AttentionRead], sequences: Int, prefix: Double, most: Double
    ) -> ReadKernel {
      ReadKernel(
        name: name, reads: reads, entry: entry, kvHeads: Double(max(1, attention.kvHeads)),
        queryHeads: Double(max(1, attention.queryHeads)), sequences: Double(sequences),
        prefix: prefix, most: most, common: each)
    }
    var list: [ReadKernel] = []
    let whole = reads.filter(\.isWhole)
    if once > 0, !whole.isEmpty {
      list.append(kernel("shared", whole, sequences: 1, prefix: 0, most: once))
    }
    var names: [String] = []
    for read in reads where !names.contains(read.name) { names.append(read.name) }
    for name in names {
      list.append(
        kernel(
          name, reads.filter { $0.name == name }, sequences: batch, prefix: once, most: .infinity))
    }
    return list
  }

  /// Whether some kernel reads entries for all sequences at once.
  var sharesReads: Bool { kernels.first?.name == "shared" }

  /// What decides how many tokens a head could read in a context.
  public struct Sight: Hashable, Sendable {
    var window: Int?
    var kept: [CacheKeep.Amount]
    var readsAreStated: Bool
  }

  public var sight: Sight {
    Sight(window: attention.window, kept: kept, readsAreStated: readsAreStated)
  }

  /// Tokens that a head could read in a context: its window, or what is left of it.
  func seen(_ context: Double) -> Double {
    let window = min(context, attention.window.map(Double.init) ?? context)
    guard readsAreStated, !kept.isEmpty else { return window }
    return keptShares.reduce(0) { $0 + $1.heads * $1.tokens.of(window) }
  }

  /// Share of the heads for which an amount is stated.
  public var keptHeads: Double { kept.reduce(0) { $0 + $1.heads } }

  private var keptShares: [(heads: Double, tokens: TokenAmount)] {
    let rest = max(0, 1 - keptHeads)
    return kept.map { ($0.heads, $0.tokens) } + [(rest, .all)]
  }

  /// How a kernel's amounts change over the steps.
  public func course(_ kernel: ReadKernel, _ setting: Setting) -> ReadCourse {
    ReadCourse(
      kernel, contexts: ReadPlan.contexts(setting), batch: Double(setting.workload.batch),
      seen: seen)
  }

  /// Entries that a head reads in the mean by a kernel in a context.
  public func entries(_ kernel: ReadKernel, _ context: Int, _ setting: Setting) -> Double {
    kernel.amounts(of: seen(Double(context)), batch: Double(setting.workload.batch)).entries
  }

  /// Bytes of KV that a layer stores for the whole batch.
  public func storedBytes(context: Int, batch: Int) -> Double {
    let window = min(Double(context), attention.window.map(Double.init) ?? Double(context))
    var bytes = 0.0
    if keepsAsRead {
      let reached = reads.reduce(0) { $0 + $1.heads * entry.bytes(latest: $1.reach(of: window)) }
      bytes = min(reached, entry.bytes(latest: window))
    } else {
      bytes = keptShares.reduce(0) { $0 + $1.heads * entry.bytes(latest: $1.tokens.of(window)) }
    }
    let common = prefix.map { min(bytes, $0 * entry.bytes) } ?? 0
    let heads = Double(max(1, attention.kvHeads))
    return heads * (Double(batch) * bytes - Double(batch - 1) * common)
  }

  /// Bytes of what lies beside the cache for the whole batch, with the tier where one is named.
  public func besideBytes(context: Int, batch: Int) -> [(tier: String?, bytes: Double)] {
    let window = min(Double(context), attention.window.map(Double.init) ?? Double(context))
    let heads = Double(max(1, attention.kvHeads))
    return reads.compactMap { read in
      guard let stored = read.stored else { return nil }
      let all = stored.of(window)
      // What stands for first tokens in common is stored once, as these are.
      let common = prefix.map { min(all, stored.of(min(window, $0))) } ?? 0
      let stops = Double(batch) * all - Double(batch - 1) * common
      return (read.tier, heads * read.heads * stops * entry.bytes(of: read))
    }
  }

  /// Bytes that the last step reads of the cache itself.
  public func readBytes(_ setting: Setting) -> Double {
    kernels.filter { !$0.isBeside }.reduce(0) {
      let seen = seen(Double(setting.longestContext))
      return $0 + $1.amounts(of: seen, batch: Double(setting.workload.batch)).bytes
    }
  }
}
