import Testing

/// A parameter count as its publisher wrote it; the text keeps how far it was rounded.
struct PublishedCount {
  let text: String
  let value: Double
  /// Half of the last digit's unit.
  let rounding: Double

  init(_ text: String) {
    self.text = text
    let unit: Double =
      switch text.last {
      case "M": 1e6
      case "B": 1e9
      case "T": 1e12
      default: 1
      }
    let digits = unit == 1 ? text : String(text.dropLast())
    let decimals = digits.split(separator: ".").dropFirst().first?.count ?? 0
    value = (Double(digits) ?? .nan) * unit
    rounding = (0..<decimals).reduce(unit / 2) { half, _ in half / 10 }
  }

  /// Within 1%, or where the text is coarser, any count that rounds or truncates to it: publishers
  /// do both (Qwen3-30B's 3.35B is printed 3.3B, GLM-5's 40.8B is printed 40B).
  func allows(_ count: Double) -> Bool {
    abs(count - value) <= 0.01 * value
      || (count >= value - rounding && count < value + 2 * rounding)
  }
}

/// What the publisher of a figure counts as active.
enum ActiveBasis {
  /// The LM head once and no embedding table: this project's definition.
  case head
  /// The embedding table too.
  case headAndTable
  /// Neither table nor head.
  case neither
}

struct PublishedModel: CustomTestStringConvertible {
  let name: String
  let total: PublishedCount
  let active: PublishedCount?
  let basis: ActiveBasis
  /// Where the figure is published. "weights": the safetensors total of the model's page, or the
  /// count of the checkpoint's tensors; "card": the model card; "report": the technical report.
  /// All are recalled, but for those marked "read", which were looked up.
  let source: String

  init(
    _ name: String, _ total: String, active: String? = nil, counting basis: ActiveBasis = .head,
    from source: String
  ) {
    self.name = name
    self.total = PublishedCount(total)
    self.active = active.map { PublishedCount($0) }
    self.basis = basis
    self.source = source
  }
  var testDescription: String { name }

  /// Bundled models for which no published count was found. Press before the release of Kimi-K3
  /// said over 2.5T.
  static let unpublished: [(name: String, between: ClosedRange<Double>)] = [
    // The announcement: "8B", under 10 billion.
    ("adept/persimmon-8b-base", 8e9...10e9),
    ("moonshotai/Kimi-K3", 2.5e12...3e12),
  ]

  static let all: [PublishedModel] = [
    .init("HuggingFaceTB/SmolLM3-3B", "3075098624", from: "weights"),
    .init("Qwen/Qwen3-4B", "4022468096", from: "weights"),
    .init("allenai/OLMo-2-1B", "1484916736", from: "weights"),
    .init("bigscience/bloom-176b", "176.2B", from: "card"),
    .init("google/gemma-3-12b", "11.77B", from: "weights without the vision tower"),
    .init("google/gemma-3-4b", "3.88B", from: "weights without the vision tower"),
    .init("mistralai/Ministral-3-3B", "3.4B", from: "card: language part"),
    .init("zai-org/GLM-4.7-Flash", "29.9B", from: "llama.cpp's count"),
    .init("01-ai/Yi-34B", "34388917248", from: "weights"),
    .init("MiniMaxAI/MiniMax-M2.5", "230B", active: "10B", from: "card"),
    .init("MiniMaxAI/MiniMax-M2.7", "230B", active: "10B", from: "card"),
    // The card counts the vision tower too, which the file leaves out.
    .init("MiniMaxAI/MiniMax-M3", "428B", active: "23B", counting: .neither, from: "card, read"),
    .init(
      "Qwen/Qwen1.5-MoE-A2.7B", "14315784192", active: "2.7B", counting: .headAndTable,
      from: "weights; card"),
    .init("Qwen/Qwen2-0.5B", "494032768", from: "weights"),
    .init("Qwen/Qwen2-1.5B", "1543714304", from: "weights"),
    .init("Qwen/Qwen2-7B", "7615616512", from: "weights"),
    .init("Qwen/Qwen2.5-14B", "14770033664", from: "weights"),
    .init("Qwen/Qwen2.5-32B", "32763876352", from: "weights"),
    .init("Qwen/Qwen2.5-3B", "3085938688", from: "weights"),
    .init("Qwen/Qwen2.5-72B", "72706203648", from: "weights"),
    .init("Qwen/Qwen2.5-7B", "7615616512", from: "weights"),
    .init("Qwen/Qwen3-0.6B", "0.6B", from: "card (the weights hold the tied head twice)"),
    .init("Qwen/Qwen3-1.7B", "1.7B", from: "card (the weights hold the tied head twice)"),
    .init(
      "Qwen/Qwen3-235B-A22B", "235093634560", active: "22B", counting: .headAndTable,
      from: "weights; card"),
    .init(
      "Qwen/Qwen3-30B-A3B", "30532122624", active: "3.3B", counting: .headAndTable,
      from: "weights; card"),
    .init(
      "Qwen/Qwen3-30B-A3B-Instruct-2507", "30532122624", active: "3.3B", counting: .headAndTable,
      from: "weights; card"),
    .init("Qwen/Qwen3-32B", "32762123264", from: "weights"),
    .init("Qwen/Qwen3-8B", "8190735360", from: "weights"),
    .init(
      "Qwen/Qwen3-Coder-480B-A35B-Instruct", "480154875392", active: "35B", counting: .headAndTable,
      from: "weights; card"),
    .init(
      "Qwen/Qwen3-Next-80B-A3B-Instruct", "80B", active: "3B", counting: .neither, from: "card"),
    .init("Qwen/Qwen3.5-122B-A10B", "122B", active: "10B", counting: .headAndTable, from: "name"),
    .init("Qwen/Qwen3.5-27B", "27B", from: "name"),
    .init("Qwen/Qwen3.5-35B-A3B", "35B", active: "3B", counting: .headAndTable, from: "name"),
    .init("Qwen/Qwen3.5-397B-A17B", "397B", active: "17B", counting: .headAndTable, from: "name"),
    .init("TinyLlama/TinyLlama-1.1B", "1100048384", from: "weights"),
    .init(
      "XiaomiMiMo/MiMo-7B-Base", "7B", from: "name (the weights' 7.83B hold a prediction head)"),
    .init("XiaomiMiMo/MiMo-V2-Flash", "309B", active: "15B", from: "card, read"),
    .init("allenai/OLMo-2-13B", "13716198400", from: "weights"),
    .init("allenai/OLMo-2-7B", "7298617344", from: "weights"),
    .init(
      "allenai/OLMoE-1B-7B", "6919161856", active: "1.3B", counting: .headAndTable,
      from: "weights; report"),
    .init("codellama/CodeLlama-13b", "13016028160", from: "weights"),
    .init("codellama/CodeLlama-34b", "33743970304", from: "weights"),
    .init("codellama/CodeLlama-7b", "6738546688", from: "weights"),
    .init("databricks/dbrx", "132B", active: "36B", from: "card"),
    .init("deepseek-ai/DeepSeek-R1", "671B", active: "37B", from: "card"),
    .init("deepseek-ai/DeepSeek-V2-Lite", "15706484224", active: "2.4B", from: "weights; card"),
    .init("deepseek-ai/DeepSeek-V3", "671B", active: "37B", from: "card"),
    .init(
      "deepseek-ai/DeepSeek-V3.2", "671B", active: "37B", from: "report of V3.1, which it extends"),
    .init("deepseek-ai/DeepSeek-V4-Flash", "284B", active: "13B", from: "card, read in the news"),
    .init("deepseek-ai/DeepSeek-V4-Pro", "1.6T", active: "49B", from: "card, read in the news"),
    .init("facebook/opt-1.3b", "1315758080", from: "weights"),
    .init("facebook/opt-13b", "12853473280", from: "weights"),
    .init("facebook/opt-6.7b", "6658473984", from: "weights"),
    .init("facebook/opt-66b", "66B", from: "name"),
    .init("google/gemma-2-27b", "27227128320", from: "weights"),
    .init("google/gemma-2-2b", "2614341888", from: "weights"),
    .init("google/gemma-2-9b", "9241705984", from: "weights"),
    .init("google/gemma-2b", "2506172416", from: "weights"),
    .init("google/gemma-3-1b-it", "999885952", from: "weights"),
    // The bundled vocabulary is 64 rows short of the weights' 262208.
    .init("google/gemma-3-27b", "27.01B", from: "weights without the vision tower"),
    .init("google/gemma-4-26B-A4B", "25.2B", active: "3.8B", from: "card"),
    .init("meta-llama/Llama-2-13b", "13015864320", from: "weights"),
    .init("meta-llama/Llama-2-70b", "68976648192", from: "weights"),
    .init("meta-llama/Llama-2-7b", "6738415616", from: "weights"),
    .init("meta-llama/Llama-3.2-1B", "1235814400", from: "weights"),
    .init("meta-llama/Llama-3.2-3B", "3212749824", from: "weights"),
    .init(
      "meta-llama/Llama-4-Maverick-17B-128E-Instruct", "400B", active: "17B",
      counting: .headAndTable,
      from: "card"),
    // The card's 109B and the weights' 108.6B count the vision tower; llama.cpp's file without it
    // holds 107.77B.
    .init(
      "meta-llama/Llama-4-Scout-17B-16E-Instruct", "107.77B", active: "17B",
      counting: .headAndTable,
      from: "llama.cpp; card"),
    .init("meta-llama/Meta-Llama-3-70B", "70553706496", from: "weights"),
    .init("meta-llama/Meta-Llama-3-8B", "8030261248", from: "weights"),
    .init("meta-llama/Meta-Llama-3.1-405B", "405853388800", from: "weights"),
    .init("meta-llama/Meta-Llama-3.1-70B", "70553706496", from: "weights"),
    .init("meta-llama/Meta-Llama-3.1-8B", "8030261248", from: "weights"),
    .init("microsoft/Phi-4-mini", "3836021760", from: "weights"),
    .init(
      "microsoft/Phi-mini-MoE-instruct", "7.6B", active: "2.4B", counting: .headAndTable,
      from: "card"),
    .init("microsoft/phi-2", "2779683840", from: "weights"),
    .init("mistralai/Mistral-7B-v0.1", "7241732096", from: "weights"),
    .init("mistralai/Mistral-7B-v0.3", "7248023552", from: "weights"),
    .init(
      "mistralai/Mixtral-8x22B-v0.1", "141B", active: "39B", counting: .headAndTable,
      from: "announcement"),
    .init(
      "mistralai/Mixtral-8x7B-v0.1", "46702792704", active: "12.9B", counting: .headAndTable,
      from: "weights; report"),
    // The report's 1.04T is 1.3% more than its own table of sizes gives.
    .init("moonshotai/Kimi-K2-Instruct", "1.03T", active: "32B", from: "llama.cpp's count; report"),
    .init("moonshotai/Kimi-K2.5", "1.03T", active: "32B", from: "as K2, which it extends"),
    .init("nvidia/Llama-3_3-Nemotron-Super-49B-v1", "49.9B", from: "weights"),
    .init(
      "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", "31.6B", active: "3.2B", from: "report"),
    .init("nvidia/Nemotron-H-56B-Base-8K", "56B", from: "name"),
    .init("openai/gpt-oss-120b", "116829156672", active: "5.13B", from: "weights; card"),
    .init("openai/gpt-oss-20b", "20914757184", active: "3.61B", from: "weights; card"),
    // The card's 13.6B leaves the tied embedding table out; 13.6B + 122753 x 2304.
    .init("openbmb/MiniCPM-MoE-8x2B", "13.9B", active: "4B", counting: .neither, from: "card"),
    // The card's 11B active is not held against ours (10.3B): the file has one head count for all
    // layers, where the model is known to have more heads in its windowed ones.
    .init("stepfun-ai/Step-3.7-Flash", "196B", from: "card, read: language part"),
    .init("tiiuae/falcon-7b", "6921720704", from: "weights"),
    .init("zai-org/GLM-5", "744B", active: "40B", from: "card, read"),
    .init("zai-org/GLM-5.1", "744B", active: "40B", from: "card, read"),
    .init("zai-org/GLM-5.2", "744B", active: "40B", from: "card, read"),
  ]
}
