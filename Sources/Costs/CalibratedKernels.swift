import Diagnostics
import Hardware
import Programs
import Quantities
import Synchronization

/// A calibrated kernel by the family of its cost form and its name there.
struct KernelName: Hashable {
  var family: String
  /// One name for each library that may run it.
  var kernels: [String]

  /// The kernels that a runtime may run a call with; nil where it names no library for the family, or
  /// no kernel in the call's format is known.
  ///
  /// A name holds the library, the format, and the way through the library that the call's shape
  /// takes; `KernelBook` finds the nearest where a device has no kernel of just that name.
  init?(_ call: KernelCall, of runtime: Runtime) {
    var words: [String]
    switch call {
    case .product(let call):
      family = call.isTwoFour ? "gemm-2:4" : "gemm"
      guard let format = Self.format(call.weights, call.arithmetic) else { return nil }
      words = [format]
    case .attentionDecode(let call):
      family = call.sharesKeysAndValues ? "mla-decode" : "attention-decode"
      words = [Self.kvFormat(call.kv)]
      if !call.sharesKeysAndValues {
        words.append("d\(call.keyDimension)")
        if call.window > 0 { words.append("window") }
        if call.window > 0 || call.heads == call.kvHeads { words.append("unpacked") }
      }
    case .attentionPrefill(let call):
      // Without a kernel of its own a selection is priced as its share of the dense one's steps.
      let isSelected = call.block > 0 && runtime.libraries["attention-prefill-sparse"] != nil
      family = isSelected ? "attention-prefill-sparse" : "attention-prefill"
      words = [Self.kvFormat(call.kv), "d\(call.keyDimension)"]
      if call.window > 0 { words.append("window") }
      if !isSelected, call.keyDimension != call.valueDimension {
        family = "mla-prefill"
        words.removeLast(words.count - 1)
      }
    case .experts(let call):
      family = "moe"
      guard let format = Self.format(call.weights, call.arithmetic) else { return nil }
      words = [format]
    case .mixedAttention(let call):
      family = "attention-mixed"
      words = [Self.kvFormat(call.kv), "d\(call.dimension)"]
    case .collective(let call):
      family = "collective"
      words = [call.pattern.rawValue]
    case .gatheredFeedForward, .transfer, .storageRead, .attentionBlock, .attentionPart,
      .elementwise, .groupedProduct, .expertExchange, .host:
      return nil
    }
    var libraries = runtime.libraries[family] ?? []
    if case .attentionDecode(let call) = call, call.isSelected,
      let selecting = runtime.libraries["attention-decode-selected"]
    {
      libraries = selecting
    }
    if case .attentionPrefill(let call) = call, family == "attention-prefill-sparse" {
      if call.walksMask, let masked = runtime.libraries["attention-prefill-masked"] {
        libraries = Self.ofSide(call.block, among: masked)
      } else if call.block >= Self.fineBlock, call.isFine(Self.fineBlock),
        let gathering = runtime.libraries["attention-prefill-gathered"]
      {
        libraries = Self.ofSide(call.block, among: gathering)
      }
    }
    guard !libraries.isEmpty else { return nil }
    kernels = libraries.map { ([$0] + words).joined(separator: "-") }
  }

  private static func format(_ weights: Precision, _ arithmetic: Precision) -> String? {
    switch weights {
    case .bf16, .fp16: "bf16"
    case .fp8: "fp8"
    case .int8: arithmetic == .int8 ? nil : "int8-wo"
    case .int4: "int4-wo"
    case .fp4: arithmetic == .fp4 ? nil : "mxfp4"
    case .fp32, .tf32, .q4km: nil
    }
  }

  /// Side of the blocks of kernels that also gather single keys.
  private static let fineBlock = 64

  /// The libraries whose first word ends in the largest tile that a block of this side holds, or all:
  /// `triton128-mask` takes blocks of 128 and of 256.
  private static func ofSide(_ side: Int, among libraries: [String]) -> [String] {
    let tiles = libraries.map { library in
      Int(library.prefix { $0 != "-" }.drop { !$0.isNumber }) ?? 0
    }
    let largest = tiles.filter { $0 <= side }.max() ?? 0
    let kept = zip(libraries, tiles).filter { $0.1 == largest }.map(\.0)
    return kept.isEmpty ? libraries : kept
  }

  private static func kvFormat(_ kv: Precision) -> String { kv == .fp8 ? "fp8kv" : "bf16kv" }
}

extension PrefillAttentionCall {
  /// Whether it is of blocks of such a side, or gathers keys so many at a time.
  fileprivate func isFine(_ side: Int) -> Bool {
    columns == side || block == side && columns == 0
  }
}

/// The calibrated kernels of a runtime on one device, each looked up once.
final class CalibratedKernels: Sendable {
  private let book: KernelBook
  private let profile: Profile
  private let runtime: Runtime
  private let found = Mutex<[KernelName: KernelBook.Entry?]>([:])
  private let searches = Mutex<[Operation.Kind: KernelRates?]>([:])

  init(_ book: KernelBook, profile: Profile, runtime: Runtime) {
    self.book = book
    self.profile = profile
    self.runtime = runtime
  }

  /// The runtime's kernel of a family that the device has not measured, from another device.
  /// - Throws: the faults of a profile that is read for it.
  func inherited(_ kind: Operation.Kind) throws(Faults) -> KernelRates? {
    if let known = searches.withLock({ $0[kind] }) { return known }
    var rates: KernelRates?
    if let kernel = runtime.kernels[kind.rawValue], let unit = profile.computeUnit(runtime.unit) {
      rates = UnitRates.nearest(
        kind.rawValue, kernel, to: unit, among: try book.profiles())
    }
    searches.withLock { [rates] in $0[kind] = .some(rates) }
    return rates
  }

  /// What prices a call; nil where no calibrated kernel does.
  /// - Throws: `Faults` when a calibration does not fit its form.
  func priced(_ call: SizedCall) throws(Faults) -> PricedCall? {
    guard !runtime.libraries.isEmpty, let name = KernelName(call.example, of: runtime) else {
      return nil
    }
    if let known = found.withLock({ $0[name] }) {
      return known.map { PricedCall(call, name: name, entry: $0) }
    }
    let entry = try book.entry(family: name.family, kernels: name.kernels, on: profile)
    found.withLock { $0[name] = .some(entry) }
    return entry.map { PricedCall(call, name: name, entry: $0) }
  }
}

extension CalibratedKernels {
  /// What prices the tail of unequal contexts of a batch; nil where the device's own kernel was not
  /// timed on such.
  /// - Throws: `Faults` when a calibration does not fit its form.
  func tail(of call: MixedAttentionCall) throws(Faults) -> CalibratedForm? {
    guard let name = KernelName(.mixedAttention(call), of: runtime),
      let entry = try book.entry(family: "attention-tail", kernels: name.kernels, on: profile),
      !entry.isInherited
    else { return nil }
    return entry.form
  }

  /// Between which factors of the truth the prices of these calls lie, nine times of ten; the calls
  /// are of one family and kernel.
  /// - Throws: `Faults` when a profile lacks what forms need, or a price is no number.
  func band(of calls: [PricedCall], at sizes: [KernelCall]) throws(Faults) -> ErrorBand? {
    guard let first = calls.first else { return nil }
    do {
      return try book.band(
        family: first.family, kernel: first.entry.calibration.kernel, on: profile, calls: sizes)
    } catch let faults as Faults {
      throw faults
    } catch {
      throw Faults(
        .conflict(
          key: first.family, found: "\(error)",
          mend: "a calibration of a near device prices no number; run `lacuna calibrate` for it"),
        at: SourcePosition(file: profile.name))
    }
  }
}

/// A call with the calibrated form that prices it.
///
/// An object, because forms hold a device's figures and operations are copied often.
public final class PricedCall: Sendable {
  public let call: SizedCall
  public let family: String
  public let entry: KernelBook.Entry

  init(_ call: SizedCall, name: KernelName, entry: KernelBook.Entry) {
    self.call = call
    family = name.family
    self.entry = entry
  }

  /// Seconds at a count.
  func seconds(_ count: Double) -> Double { call.times * entry.form.seconds(call(count)) }
}
