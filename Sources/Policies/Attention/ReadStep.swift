import Models
import Programs
import Quantities

extension StepBuilder {
  /// The kernels that read KV, each after what it needs from a far tier has come.
  mutating func addReads(of reads: LayerReads, at place: Int) {
    for kernel in reads.kernels { addRead(kernel, of: reads, at: place) }
    addReadMerge(of: reads)
  }

  /// Results of a common prefix and of a sequence's own entries are parts of one softmax.
  mutating func addReadMerge(of reads: LayerReads) {
    guard reads.sharesReads else { return }
    addElementwise(
      "attention.merge", site: .attention,
      width: Double(reads.attention.queryHeads) * reads.entry.width / 2)
  }

  /// A kernel after what it needs from a far tier.
  mutating func addRead(_ kernel: ReadKernel, of reads: LayerReads, at place: Int) {
    let course = reads.course(kernel, setting)
    let far = kernel.tier ?? (kernel.isBeside ? nil : setting.method.cache.tier)
    let isFar = far.map { $0 != nearTier } ?? false
    let column = course.kind == .constant ? nil : ReadPlan.column(kernel, of: place)
    // What is placed apart from the cache is always brought.
    let onHost = isFar && kernel.tier == nil && setting.method.cache.onMiss == .host
    var after: [Dependency] = []
    var share = 1.0
    if isFar, let far {
      let missed = 1 - (kernel.isBeside ? 0 : setting.method.cache.hitShare)
      if onHost {
        after = [addHostReads(kernel, course, share: missed, tier: far, column: column)]
        share = 1 - missed
      } else if missed > 0 {
        after = addFetch(kernel, course, share: missed, tier: far, column: column)
      }
    }
    if share > 0 {
      addRead(kernel, course, of: reads, share: share, column: column, after: onHost ? [] : after)
    }
    if onHost {
      addElementwise(
        "cache.merge", site: .cache, width: reads.attention.kvElementsWritten, after: after)
    }
  }

  private mutating func addRead(
    _ kernel: ReadKernel, _ course: ReadCourse, of reads: LayerReads, share: Double,
    column: String?, after: [Dependency]
  ) {
    let isFixed = column == nil
    let bytes = affine(course.bytes, isFixed, share)
    add(
      Operation(
        name: "attention.\(kernel.name)", site: .attention,
        kind: kernel.isScore ? .batchedMatrixVector : .attentionDecode, stream: main,
        precision: setting.activations, flops: affine(course.flops, isFixed, share),
        traffic: traffic(bytes, of: kernel, share: share),
        rows: kernel.isScore ? Double(setting.workload.batch) : 1,
        column: column.map { self.column($0) }, skippedWhenEmpty: course.isSkipped, after: after,
        call: kernel.isScore && !kernel.isWhole
          ? nil : call(kernel, course, of: reads, share: share)))
  }

  /// What sequences read of tokens that they have in common comes from memory for one of them and from
  /// the last cache for the others.
  private func traffic(_ bytes: Affine, of kernel: ReadKernel, share: Double) -> [Traffic] {
    let repeated = kernel.repeated.bytes * share
    let cache = setting.profile.tiers.last { $0.kind == .cache }
    guard repeated > 0, kernel.everySteps == 1, let cache else {
      return [Traffic(through: nearTier, bytes: bytes)]
    }
    return [
      Traffic(through: nearTier, bytes: bytes + Affine(base: -repeated)),
      Traffic(through: cache.name, bytes: Affine(base: repeated)),
    ]
  }

  /// Amounts of a count; those of a constant are its base.
  private func affine(
    _ line: (base: Double, each: Double), _ isFixed: Bool, _ share: Double = 1
  ) -> Affine {
    isFixed
      ? Affine(base: line.each * share)
      : Affine(base: line.base * share, each: line.each * share)
  }

  /// The calibrated call of a kernel: as many entries as a head reads in the mean, for the heads that
  /// read any.
  private func call(
    _ kernel: ReadKernel, _ course: ReadCourse, of reads: LayerReads, share: Double
  ) -> SizedCall? {
    guard kernel.headShare > 0, course.entriesEach > 0,
      var call = decodeCall(reads.attention, context: setting.longestContext, page: kernel.page)
    else { return nil }
    func count(_ heads: Double) -> Int { max(1, Int((heads * kernel.headShare).rounded())) }
    var each = course.entriesEach / kernel.headShare * share
    call.window = 0
    call.heads = count(kernel.queryHeads)
    call.kvHeads = kernel.readers > 1 ? call.heads : count(kernel.kvHeads)
    if kernel.sequences == 1, call.batch > 1 {
      call.heads *= call.batch
      call.batch = 1
    }
    call.isSelected = kernel.isPicked
    call.storedShare = course.storedShare(kernel)
    call.isWhole = kernel.isWhole
    call.common = Int((kernel.repeated.entries / kernel.headShare * share).rounded())
    if kernel.isWhole, call.batch * call.kvHeads <= setting.cores {
      // All heads run side by side, so that the one with the most to read is waited for.
      each *= kernel.unevenness(of: reads.seen(Double(setting.longestContext)))
    }
    guard case .growing = course.kind else {
      call.context = max(1, Int(each.rounded()))
      call.read = call.context
      return .constant(.attentionDecode(call))
    }
    return .context(call, tokensEach: each)
  }

  /// What lies in a far tier crosses the link at every step, less what is beside the processor.
  private mutating func addFetch(
    _ kernel: ReadKernel, _ course: ReadCourse, share: Double, tier: String, column: String?
  ) -> [Dependency] {
    let ahead = setting.method.cache.prefetch?.layers ?? 0
    let bytes = course.bytesEach * share
    return add(
      Fetch(
        name: "cache.fetch.\(kernel.name)", site: .cache, tier: tier, column: column, bytes: bytes,
        pieces: course.pieces(kernel) * share, transfer: setting.method.cache.transfer, depth: 32,
        after: afterMainSurely(blocksBack: ahead), besideMain: ahead > 0))
  }

  /// The host attends to the entries where they are.
  private mutating func addHostReads(
    _ kernel: ReadKernel, _ course: ReadCourse, share: Double, tier: String, column: String?
  ) -> Dependency {
    let unit = setting.profile.computeUnits.first { $0.memory == tier }?.name ?? "cpu"
    let host = stream(unit, .compute(unit: unit))
    let name = "cache.host-\(kernel.name)"
    add(
      Operation(
        name: name, site: .cache, kind: .attentionDecode, stream: host,
        precision: setting.activations, flops: affine(course.flops, column == nil, share),
        traffic: [Traffic(through: tier, bytes: affine(course.bytes, column == nil, share))],
        column: column.map { self.column($0) }, skippedWhenEmpty: course.isSkipped,
        after: afterMainSurely()))
    return Dependency(on: name)
  }
}

extension ReadCourse {
  var isSkipped: Bool {
    if case .each = kind { return true }
    return false
  }

  /// Bytes of a count in the mean: the base belongs to the largest.
  var bytesEach: Double {
    guard case .growing = kind, largest > 0 else { return bytes.each }
    return bytes.each + bytes.base / largest
  }

  /// Bytes of an entry as stored over those at the precision of KV.
  func storedShare(_ kernel: ReadKernel) -> Double {
    let plain =
      entriesEach * kernel.entry.plainBytes * kernel.kvHeads * kernel.readers * kernel.sequences
    return plain > 0 ? bytesEach / plain : 1
  }

  /// Reads or copies of a count: a page of one head each, or 64 tokens of all heads in a run.
  func pieces(_ kernel: ReadKernel) -> Double {
    let entries = entriesEach * kernel.sequences
    guard kernel.isPicked else { return max(entries / 64, isGrowing ? 0 : 1) }
    return entries * kernel.kvHeads * kernel.readers / Double(kernel.page)
  }

  private var isGrowing: Bool {
    if case .growing = kind { return true }
    return false
  }
}
