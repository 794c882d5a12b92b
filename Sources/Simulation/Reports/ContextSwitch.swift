import Costs
import Diagnostics
import Policies
import Programs
import Quantities

/// Another sequence's turn: the KV of one goes out to the next memory and that of one comes in.
enum ContextSwitch {
  /// Two copies by the copy engine, one after the other, as the room of the first is the second's.
  /// Nil where nothing is stored, or no link leads to another memory.
  /// - Throws: `Faults` when the profile cannot price a copy.
  static func time(_ preparation: Preparation, _ costs: CostModel) throws(Faults) -> Seconds? {
    let setting = preparation.setting
    let (near, profile) = (setting.nearTier, setting.profile)
    let bytes = preparation.memory.kvBytes.value / Double(setting.workload.batch)
    let far = setting.method.cache.tier.flatMap { $0 == near ? nil : $0 }
    let link = profile.links.first {
      $0.near == near && (far ?? $0.far) == $0.far && profile.tier($0.far)?.kind == .memory
    }
    guard bytes > 0, let link else { return nil }
    let copy = Operation(
      name: "context switch", site: .cache, kind: .copy, stream: 0,
      traffic: [
        Traffic(through: link.name, bytes: Affine(base: bytes)),
        Traffic(through: link.far, bytes: Affine(base: bytes)),
        Traffic(through: near, bytes: Affine(base: bytes)),
      ])
    let stream = Programs.Stream(name: "h2d", engine: .copy(link: link.name, towards: near))
    return try costs.resolve(copy, on: stream).price(1).time * 2
  }
}
