import Diagnostics
import Foundation
import Models

/// Reads the shape of a model from a Hugging Face `config.json`.
///
/// Only what the configuration and its family's published code determine is used: where a weight
/// cannot be derived, the file is refused with a fault. Read next: `ModelFamily` for what each
/// family takes by default, and `ModelConfig+….swift` for one idea each.
public enum ModelConfig {
  /// The model that `file` describes, named after the file (`facebook--opt-6.7b.json` is
  /// `facebook/opt-6.7b`), or after its folder when the file is called `config.json`.
  /// - Throws: every fault of the file, each with its line.
  public static func read(contentsOf file: String) throws(Faults) -> Model {
    try read(Document(contentsOf: file), name: name(ofFile: file))
  }

  /// The model that `document` describes.
  public static func read(_ document: Document, name: String) throws(Faults) -> Model {
    let top = try document.map()
    let type = top.required("model_type", "the name of a model family")?.text()
    try document.faults.throwIfAny()
    guard let type, let family = ModelFamily(rawValue: type) else {
      top.value("model_type")?.refuse(
        .unknownName(
          key: "model_type", kind: "model family", found: type ?? "",
          known: ModelFamily.allCases.map(\.rawValue)))
      try document.faults.throwIfAny()
      throw Faults(
        .missingKey("model_type", expected: "the name of a model family"), at: top.position)
    }
    let outer = ConfigKeys(map: top, modelType: type)
    let (keys, inner) = text(of: outer, family: family)
    try document.faults.throwIfAny()
    let model = model(keys, outer: outer, family: inner, name: name)
    try document.faults.throwIfAny()
    return model
  }

  /// Multimodal configurations keep the language model under `text_config`, with a type of its own.
  private static func text(
    of outer: ConfigKeys, family: ModelFamily
  ) -> (ConfigKeys, ModelFamily) {
    guard let inner = outer.nested("text_config") else { return (outer, family) }
    guard let value = inner.value("model_type"), let type = value.text() else {
      return (inner, family)
    }
    guard let innerFamily = ModelFamily(rawValue: type) else {
      value.refuse(
        .unknownName(
          key: value.name, kind: "model family", found: type,
          known: ModelFamily.allCases.map(\.rawValue)))
      return (inner, family)
    }
    return (ConfigKeys(map: inner.map, modelType: type), innerFamily)
  }

  private static func model(
    _ keys: ConfigKeys, outer: ConfigKeys, family: ModelFamily, name: String
  ) -> Model {
    let tied =
      keys.value("tie_word_embeddings") == nil
      ? outer.flag("tie_word_embeddings", otherwise: family.tiesEmbeddings)
      : keys.flag("tie_word_embeddings", otherwise: family.tiesEmbeddings)
    var model = Model(
      name: name, hidden: keys.size(anyOf: hiddenKeys), vocabulary: keys.size("vocab_size"),
      tiedEmbeddings: tied, layers: layers(keys, family), finalNorm: family.norm)
    model.maximumContext = keys.optionalSize(anyOf: ["max_position_embeddings", "max_seq_len"])
    switch family {
    case .opt:
      // OPT's table has two rows before position 0.
      model.positions = keys.size("max_position_embeddings") + 2
    case .phi: model.headBias = true
    case .phimoe: model.headBias = keys.flag("lm_head_bias", otherwise: false)
    default: break
    }
    return model
  }

  static let hiddenKeys = ["hidden_size", "d_model"]
  static let layerKeys = ["num_hidden_layers", "n_layers"]
  static let headKeys = ["num_attention_heads", "n_heads"]

  private static func layers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    switch family {
    case .opt, .falcon, .phi, .persimmon: classicLayers(keys, family)
    case .deepseek2, .deepseek3, .deepseek32, .kimiK2, .kimiK25, .glmSparse:
      latentLayers(keys, family)
    case .deepseek4: compressedLayers(keys, family)
    case .qwen3Next, .qwen35, .qwen35Text, .qwen35MoE, .qwen35MoEText: deltaLayers(keys, family)
    case .kimiLinear, .kimiK3: kimiLinearLayers(keys, family)
    case .nemotronH: patternLayers(keys, family)
    case .nemotronNAS: blockLayers(keys, family)
    case .gemma4, .gemma4Text: gemma4Layers(keys, family)
    case .mimoV2Flash: mimoLayers(keys, family)
    case .dbrx: dbrxLayers(keys, family)
    default: groupedLayers(keys, family)
    }
  }

  static func name(ofFile file: String) -> String {
    let url = URL(fileURLWithPath: file)
    var name = url.deletingPathExtension().lastPathComponent
    if name == "config" { name = url.deletingLastPathComponent().lastPathComponent }
    return name.replacingOccurrences(of: "--", with: "/")
  }
}
