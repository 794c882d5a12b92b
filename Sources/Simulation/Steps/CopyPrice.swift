import Costs
import Diagnostics
import Hardware
import Policies
import Programs
import Quantities
import Scenarios

/// What copies of KV between two memories that a link joins cost, one way.
///
/// Pages lie one by one in the slower tier, all layers of a page together. Over a link each is a transfer
/// by the copy engine; from storage each is a read, 32 in flight as for KV that a prompt finds. Writes to
/// storage, of which no table exists, run at the device's stated rate of writing (or reading) or the
/// link's, whichever is slower.
public struct CopyPrice: Sendable {
  private let operation: PricedOperation?
  private let writing: (seconds: Double, joules: Double)

  /// - Parameters:
  ///   - link: joins the two tiers.
  ///   - page: bytes.
  /// - Throws: `Faults` where the profile cannot price a copy.
  public init(
    _ resolved: ResolvedScenario, _ link: Link, from source: String, to target: String,
    page: Double
  ) throws(Faults) {
    let profile = resolved.profile
    if let tier = profile.tier(target), tier.kind == .storage {
      let rate = min(
        link.bandwidth.value.value, (tier.writeBandwidth ?? tier.bandwidth).value.value)
      let paths = [link.energyPerByte, tier.energyPerByte, profile.tier(source)?.energyPerByte]
      operation = nil
      writing = (
        page / rate, paths.reduce(0) { $0 + ($1?.value.value ?? 0) } * page
      )
      return
    }
    let isStorage = profile.tier(source)?.kind == .storage
    let each = Affine(each: page)
    let traffic =
      (isStorage ? [source] : [link.name, source]).map { Traffic(through: $0, bytes: each) }
      + [Traffic(through: target, bytes: each)]
    let pages = Affine(each: 1)
    let copy = Operation(
      name: "KV copy", site: .cache, kind: isStorage ? .storageRead : .copy, stream: 0,
      traffic: traffic, pieces: pages, launches: isStorage ? Affine(base: 1) : pages,
      queueDepth: Self.readsInFlight)
    let engine: Programs.Stream.Engine =
      isStorage ? .storage(tier: source) : .copy(link: link.name, towards: target)
    let costs = CostModel(profile: profile, runtime: resolved.runtime)
    operation = try costs.resolve(copy, on: Programs.Stream(name: "KV copies", engine: engine))
    writing = (0, 0)
  }

  private static let readsInFlight = 32

  /// Seconds for which a copy of so many pages takes the link.
  public func seconds(_ pages: Int) -> Double {
    operation?.price(Double(pages)).time.value ?? writing.seconds * Double(pages)
  }

  /// Beyond idle.
  public func joules(_ pages: Int) -> Double {
    operation?.energy(Double(pages)).value ?? writing.joules * Double(pages)
  }
}
