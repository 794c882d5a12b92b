import Diagnostics
import Models
import Testing

@testable import ScenarioFiles

/// A sound configuration; each case changes one thing in it.
private let sound: [(key: String, value: String)] = [
  ("model_type", "\"qwen3_moe\""), ("hidden_size", "64"), ("num_hidden_layers", "2"),
  ("num_attention_heads", "8"), ("num_key_value_heads", "4"), ("vocab_size", "100"),
  ("hidden_act", "\"silu\""), ("num_experts", "4"), ("num_experts_per_tok", "2"),
  ("moe_intermediate_size", "32"), ("intermediate_size", "48"),
  ("tie_word_embeddings", "false"),
]

/// One kind of fault: what is changed (nil removes the key) and the line that is printed.
struct ModelFault: CustomTestStringConvertible {
  let key: String
  let value: String?
  let line: String
  init(_ key: String, _ value: String?, _ place: String, _ sentence: String) {
    self.key = key
    self.value = value
    line = "m.json:\(place): error: \(sentence)"
  }
  var testDescription: String { "\(key): \(value ?? "absent")" }

  var text: String {
    var pairs = sound.filter { $0.key != key }
    if let value { pairs.append((key, value)) }
    return "{\n" + pairs.map { "  \"\($0.key)\": \($0.value)" }.joined(separator: ",\n") + "\n}\n"
  }

  static let size = "expected a whole number between 1 and 1048576"

  static let all: [ModelFault] = [
    .init("model_type", nil, "1", "missing key 'model_type'; expected the name of a model family"),
    .init(
      "model_type", "\"qwen3_mo\"", "13:17",
      "model_type: there is no model family 'qwen3_mo'; did you mean 'qwen3_moe'?"),
    .init("model_type", "[1]", "13:17", "model_type is 'a list'; expected text"),
    .init(
      "hidden_size", nil, "1",
      "missing key 'hidden_size'; expected a whole number of at least 1"),
    .init(
      "hidden_size", "null", "1",
      "missing key 'hidden_size'; expected a whole number of at least 1"),
    .init("hidden_size", "\"64\"", "13:18", "hidden_size is '\"64\"'; \(size)"),
    .init("hidden_size", "-64", "13:18", "hidden_size is '-64'; \(size)"),
    .init("hidden_size", "64.5", "13:18", "hidden_size is '64.5'; \(size)"),
    .init("hidden_size", "NaN", "13:18", "hidden_size is 'NaN'; \(size)"),
    .init(
      "hidden_size", "99999999999999999999", "13:18",
      "hidden_size is '99999999999999999999'; \(size)"),
    .init(
      "hidden_size", "9223372036854775807", "13:18",
      "hidden_size is '9223372036854775807'; \(size)"),
    .init("hidden_size", "{\"a\": 1}", "13:18", "hidden_size is 'a map'; \(size)"),
    .init(
      "num_hidden_layers", "0", "13:24",
      "num_hidden_layers is '0'; expected a whole number between 1 and 4096"),
    .init(
      "num_hidden_layers", "5000000", "13:24",
      "num_hidden_layers is '5000000'; expected a whole number between 1 and 4096"),
    .init(
      "num_attention_heads", "12", "13:26",
      "num_attention_heads is '12'; give head_dim, or a divisor of hidden_size 64"),
    .init(
      "num_key_value_heads", "3", "13:26",
      "num_key_value_heads is '3'; give a divisor of the 8 attention heads"),
    .init(
      "num_experts_per_tok", "9", "13:26",
      "num_experts_per_tok is '9'; give at most the 4 experts there are"),
    .init(
      "tie_word_embeddings", "1", "13:26",
      "tie_word_embeddings is '1'; expected true or false"),
    .init(
      "hidden_act", "\"sylu\"", "13:17",
      "hidden_act: there is no activation 'sylu'; did you mean 'silu'?"),
    .init(
      "layer_types", "[\"full_attention\"]", "14:18",
      "layer_types is 'a list of 1'; give one entry for each of the 2 layers"),
    .init(
      "layer_types", "[\"full_attention\", \"sliding_attention\"]", "1",
      "missing key 'sliding_window'; expected the window of the layers that slide"),
    .init(
      "layer_types", "[\"full_attention\", \"linear_attention\"]", "14:18",
      "layer_types is 'linear_attention'; a qwen3_moe model has full and sliding attention only"),
    .init(
      "mlp_only_layers", "[-1]", "14:23",
      "mlp_only_layers[0] is '-1'; expected a whole number between 0 and 1048576"),
    .init(
      "mlp_only_layers", "3", "14:22",
      "mlp_only_layers is '3'; expected a list of whole numbers"),
    .init(
      "mlp_layer_types", "[\"sparse\"]", "14:22",
      "mlp_layer_types is 'a list of 1'; give one entry for each of the 2 layers"),
    .init(
      "mlp_layer_types", "[\"sparse\", \"dens\"]", "14:33",
      "mlp_layer_types[1]: there is no feed-forward type 'dens'; did you mean 'dense'?"),
    .init("text_config", "7", "14:18", "text_config is '7'; expected a map of keys"),
    .init(
      "text_config", "{\"model_type\": \"lama\"}", "14:33",
      "text_config.model_type: there is no model family 'lama'; did you mean 'llama'?"),
  ]
}

/// The lines of the faults that reading `text` gives.
func lines(reading text: String) -> [String] {
  do throws(Faults) {
    let document = try Document(text: text, file: "m.json")
    _ = try ModelConfig.read(document, name: "m")
    return []
  } catch {
    return error.faults.map(Diagnostic.line)
  }
}

@Suite struct ModelFaultTests {
  @Test func theSoundOneIsRead() {
    #expect(lines(reading: ModelFault("none", "0", "", "").text) == [])
  }

  @Test(arguments: ModelFault.all)
  func oneLineSaysWhatIsWrong(_ fault: ModelFault) {
    #expect(lines(reading: fault.text) == [fault.line])
  }

  /// Every prefix of a file is refused, and none crashes.
  @Test func truncatedFilesAreRefused() {
    let text = ModelFault("none", "0", "", "").text
    for length in 0..<(text.utf8.count - 2) {
      #expect(lines(reading: String(text.prefix(length))) != [], "first \(length) bytes")
    }
    #expect(lines(reading: String(text.prefix(60))).count == 1)
  }

  @Test func hybridsNeedTheirPattern() {
    let text = """
      {"model_type": "nemotron_h", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 9,
       "hybrid_override_pattern": "M"}
      """
    #expect(
      lines(reading: text) == [
        "m.json:2:29: error: hybrid_override_pattern is '1 letters'; "
          + "give one letter for each of the 2 layers"
      ])
  }

  @Test func weightsThatCannotBeDerivedAreRefused() throws {
    let text = """
      {"model_type": "gemma4_text", "hidden_size": 64, "num_hidden_layers": 1, "vocab_size": 9,
       "num_attention_heads": 2, "intermediate_size": 8, "hidden_activation": "gelu",
       "sliding_window": 16, "layer_types": ["full_attention"],
       "hidden_size_per_layer_input": 256}
      """
    #expect(
      lines(reading: text) == [
        "m.json:4:33: error: hidden_size_per_layer_input is '256'; "
          + "its weights cannot be derived; only 0 is read"
      ])
  }

  @Test func allFaultsOfAFileAreReported() {
    let text = "{\"model_type\": \"llama\", \"hidden_size\": -1, \"vocab_size\": []}"
    #expect(lines(reading: text).count == 6)
  }
}
