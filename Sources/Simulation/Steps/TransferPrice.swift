import Costs
import Diagnostics
import Policies
import Programs
import Scenarios

/// What the KV of prompts takes that goes to another server over a link, as one copy.
public struct TransferPrice: Sendable {
  private let operation: PricedOperation

  /// - Parameter bytesPerToken: of KV.
  /// - Throws: `Faults` with the key `workload.apart.link` where the profile has no such link.
  public init(
    _ resolved: ResolvedScenario, link: String, bytesPerToken: Double
  ) throws(Faults) {
    let profile = resolved.profile
    guard let found = profile.links.first(where: { $0.name == link }) else {
      throw Faults(
        .unknownName(
          key: "workload.apart.link", kind: "link in \(profile.name)", found: link,
          known: profile.links.map(\.name)), at: SourcePosition(file: resolved.file))
    }
    let copy = Operation(
      name: "KV to decode", site: .cache, kind: .copy, stream: 0,
      traffic: [Traffic(through: link, bytes: Affine(each: bytesPerToken))])
    operation = try CostModel(profile: profile, runtime: resolved.runtime).resolve(
      copy,
      on: Programs.Stream(name: "KV copies", engine: .copy(link: link, towards: found.near)))
  }

  /// Seconds for which the KV of so many tokens takes the link.
  public func seconds(_ tokens: Int) -> Double { operation.price(Double(tokens)).time.value }

  /// Beyond idle.
  public func joules(_ tokens: Int) -> Double { operation.energy(Double(tokens)).value }
}
