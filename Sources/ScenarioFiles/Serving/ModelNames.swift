import Diagnostics
import Foundation

/// Finds the bundled model that a table's word means.
///
/// Organisation, punctuation, case and words that change no shape (`Instruct`, `GGUF`, `4bit`, …)
/// are passed over; `equivalents.yaml` in the folder names models of equal shape.
public struct ModelNames: Sendable {
  private let names: [String: String]

  /// - Throws: faults of the folder or of `equivalents.yaml`.
  public init(library: ModelLibrary) throws(Faults) {
    var names: [String: String] = [:]
    let known = try library.names()
    for name in known {
      let key = Self.key(name)
      // The first wins, so the plain name stands before its later variants.
      names[key] = names[key] ?? name
      let unversioned = key.replacing(/v0\d$/, with: "")
      names[unversioned] = names[unversioned] ?? name
    }
    let file = "\(library.folder)/equivalents.yaml"
    if FileManager.default.fileExists(atPath: file) {
      let document = try Document(contentsOf: file)
      let map = try document.map()
      for word in map.keys {
        guard let value = map.value(word), let name = value.text("a bundled model") else {
          continue
        }
        guard known.contains(name) else {
          value.refuse(.unknownName(key: word, kind: "model", found: name, known: known))
          continue
        }
        names[Self.key(word)] = name
      }
      try document.faults.throwIfAny()
    }
    self.names = names
  }

  /// The name of the bundled model; nil for a word that means none.
  public func name(of word: String) -> String? {
    let key = Self.key(word)
    return names[key] ?? names[key.replacing(/v0\d$/, with: "")]
  }

  /// Words that do not change a model's shape.
  private static let passedOver: Set<String> = [
    "instruct", "chat", "it", "hf", "gguf", "fp8", "nvfp4", "fp4", "bf16", "fp16", "4bit", "8bit",
    "int4", "int8", "dynamic", "gpu", "qat", "base", "meta", "mlx", "awq", "gptq", "w4a16",
  ]

  static func key(_ name: String) -> String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    let words = last.lowercased().split { "-_. ".contains($0) }.map(String.init)
    var kept: [String] = []
    var isFormat = false
    for word in words {
      // `Q4_K_M` and `q8_0`: the parts after the first are single letters and digits.
      if isFormat, ["k", "m", "s", "l", "0", "1"].contains(word) { continue }
      isFormat = word.wholeMatch(of: /q[2-8]/) != nil
      if isFormat || passedOver.contains(word) { continue }
      kept.append(word)
    }
    return kept.joined()
  }
}
