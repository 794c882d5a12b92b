import Hardware

/// Which coefficients price a runtime on a device.
public struct ServingBook: Sendable {
  /// The sets of one runtime and what tables call it.
  public struct Runtime: Sendable {
    public var name: String
    public var aliases: [String]
    public var sets: [StepSet]
    public init(name: String, aliases: [String], sets: [StepSet]) {
      self.name = name
      self.aliases = aliases
      self.sets = sets
    }
  }

  public var runtimes: [Runtime]
  public init(_ runtimes: [Runtime]) { self.runtimes = runtimes }

  /// The runtime that a table's word means, whatever its case and punctuation.
  public func runtime(_ word: String) -> Runtime? {
    let wanted = Self.plain(word)
    return runtimes.first { ([$0.name] + $0.aliases).contains { Self.plain($0) == wanted } }
  }

  /// The set for a device: its own, its class's, or the runtime's first, which is inheritance.
  public func set(_ runtime: Runtime, on profile: Profile) -> (set: StepSet, isInherited: Bool)? {
    let own =
      runtime.sets.first { $0.devices.contains(profile.name) }
      ?? runtime.sets.first { $0.classes.contains(profile.deviceClass.rawValue) }
    if let own { return (own, false) }
    return runtime.sets.first { $0.unpack.isEmpty }.map { ($0, true) }
  }

  /// Letters and digits of a name in lower case.
  public static func plain(_ word: String) -> String {
    String(word.lowercased().filter { $0.isLetter || $0.isNumber })
  }
}
