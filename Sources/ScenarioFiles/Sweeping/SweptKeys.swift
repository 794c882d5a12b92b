import Diagnostics
import Exploration

/// Which keys of a scenario a sweep may vary.
enum SweptKeys {
  /// - Parameter variant: the one that is changed where no axis names others.
  /// - Throws: `Faults` for a key that is no scenario's, or that `--set` has fixed.
  static func check(
    _ axes: [Axis], _ file: ScenarioFile, _ variant: String
  ) throws(Faults) {
    let place = SourcePosition(file: "--vary")
    for axis in axes {
      if SweptPart.Site(key: axis.key) == .traffic {
        let variants = axes.first { $0.key == "variant" }?.values ?? [variant]
        for name in variants
        where try file.scenario(variant: name).scenario.workload.requests == nil {
          throw Faults(
            .unknownKey(
              axis.key, known: ["workload.prompt", "workload.generate", "workload.batch"]),
            at: place)
        }
      }
      let first = axis.key.split(separator: ".").first.map(String.init) ?? ""
      guard axis.key == "variant" || SweptPart.Site(key: axis.key) != nil else {
        throw Faults(
          .unknownKey(first, known: ["variant"] + SweptPart.Site.allCases.map(\.rawValue)),
          at: place)
      }
      for setting in file.settingKeys
      where setting == axis.key || setting.hasPrefix(axis.key + ".")
        || axis.key.hasPrefix(setting + ".")
      {
        throw Faults(
          .conflict(
            key: axis.key, found: "varied and set", mend: "leave out --set \(setting)=…"),
          at: place)
      }
    }
  }
}
