import Diagnostics
import ScenarioFiles
import TestSupport
import Testing

@testable import Validation

/// Malformed tables of served models and files of coefficients: one line a fault, none silent.
@Suite struct EndToEndFaultTests {
  struct Broken: CustomTestStringConvertible {
    let name: String
    let text: String
    /// What follows the file's path in the line that is printed.
    let line: String
    var testDescription: String { line }
    init(_ name: String, _ text: String, _ line: String) {
      (self.name, self.text, self.line) = (name, text, line)
    }
  }

  private static let llama =
    "device,tool,model_file,quant,backend,n_parallel,kv_depth_tokens,test,test_tokens_per_seq,"
    + "tokens_per_s\n"
  private static let split =
    "model,hardware,prompt_size,batch_size,token_size,token_time,tensor_parallel\n"
  private static let set =
    "schema: 1\nruntime: r\nsources: {s: a table}\nsets:\n  a:\n    source: s\n    rows: 3\n"
    + "    error: 0.1\n    coefficients:\n"

  static let tables: [Broken] = [
    .init(
      "t.csv", llama + "d,llama-bench,m,Q8_0,CUDA,0,0,decode,32,5\n",
      ":2: error: n_parallel is '0'; expected a number between 1.0 and 1000000.0"),
    .init(
      "t.csv", llama + "d,llama-bench,m,Q8_0,CUDA,1,0,decode,32,fast\n",
      ":2: error: tokens_per_s is 'fast'; expected a number between 0.0 and 1000000000.0"),
    .init(
      "t.csv", llama + "d,llama-bench,m,Q8_0,CUDA,1,-5,decode,32,5\n",
      ":2: error: kv_depth_tokens is '-5'; expected a number between 0.0 and 1073741824.0"),
    .init(
      "t.csv", split + "llama2-70b,h100,512,1,128,nan,8\n",
      ":2: error: token_time is 'nan'; expected a number between 0.0 and 1000000000000.0"),
    .init(
      "t.csv", split + "llama2-70b,h100,512,1,128,3\n",
      ":2: error: not valid CSV: 6 fields; give 7 in each row, as the header does"),
    .init(
      "t.csv", "framework,model,batch,throughput_total_tok_s\nvLLM,m,1,5\n",
      ":2: error: missing key 'length'; expected a column whose name holds one of len, input"),
    .init(
      "t.jsonl", "{\"input_toks\": 3,\n",
      ":1: error: not valid JSON: a line that is no object; give one request a line"),
    .init(
      "t.jsonl", "{\"input_toks\": 3}\n",
      ":1: error: missing key 'output_toks'; expected a number between 0.0 and 1000000000.0"),
    .init(
      "t.jsonl",
      "{\"input_toks\":3,\"output_toks\":-1,\"scheduled_ts\":1,\"first_token_ts\":2,"
        + "\"last_token_ts\":3}\n",
      ":1: error: output_toks is '-1.0'; expected a number between 0.0 and 1000000000.0"),
    .init(
      "t.jsonl",
      "{\"input_toks\":3,\"output_toks\":9,\"scheduled_ts\":1,\"first_token_ts\":5,"
        + "\"last_token_ts\":3}\n",
      ":1: error: first_token_ts is '5.0'; it must lie between scheduled_ts and last_token_ts"),
  ]

  @Test(arguments: tables)
  func tableFaults(_ broken: Broken) throws {
    let file = try TemporaryText(broken.text, name: broken.name)
    let faults = #expect(throws: Faults.self) {
      try MeasurementFile.read(contentsOf: file.path)
    }
    #expect(faults?.faults.map(Diagnostic.line) == [file.path + broken.line])
  }

  static let sets: [Broken] = [
    .init(
      "r.yaml", set + "      weights: 1.5\n      kv: 1\n",
      ":10:16: error: sets.a.coefficients.weights is '1.5'; expected a number between 1e-06 and 1.0"
    ),
    .init(
      "r.yaml", set + "      weights: 0.5\n",
      ":10:7: error: missing key 'sets.a.coefficients.kv'; expected a share of the bandwidth"),
    .init(
      "r.yaml", set + "      weights: 0.5\n      kv: 1\n      host: 3\n",
      ":12:13: error: sets.a.coefficients.host '3' is not a quantity; expected a number and one of "
        + "ps, ns, us, ms, s, min, h"),
    .init(
      "r.yaml", set + "      weights: {value: 0.5, basis: guess}\n      kv: 1\n",
      ":10:36: error: sets.a.coefficients.weights.basis: there is no basis 'guess'; known are "
        + "fitted, assumed"),
    .init(
      "q.yaml", set + "      weights: 0.5\n      kv: 1\n",
      ":1: error: runtime is 'r'; it must equal the name of the file, 'q'"),
    .init(
      "r.yaml", set + "      weights: 0.5\n      kv: 1\n    unpack: {q8_9: 3 ps}\n",
      ":12:20: error: sets.a.unpack.q8_9: there is no format 'q8_9'; did you mean 'q8_0'?"),
  ]

  @Test(arguments: sets)
  func coefficientFaults(_ broken: Broken) throws {
    let file = try TemporaryText(broken.text, name: broken.name)
    let faults = #expect(throws: Faults.self) { try ServingFile.read(contentsOf: file.path) }
    #expect(faults?.faults.map(Diagnostic.line) == [file.path + broken.line])
  }

  @Test func theShippedCoefficientsAreRead() throws {
    let book = try ServingFile.book(folder: Checkout.path("hardware-profiles/serving"))
    #expect(book.runtimes.count == 11)
    for set in book.runtimes.flatMap(\.sets) {
      #expect(set.rows > 0 ? set.error > 0 : set.assumed.count == set.values.count, "\(set.name)")
    }
    #expect(book.runtime("TensorRT-LLM")?.name == "trtllm")
    #expect(book.runtime("Splitwise")?.name == "vllm-eager")
    #expect(book.runtime("abacus") == nil)
  }

  @Test(arguments: [
    ("ggml-org/Qwen2.5-Coder-7B-Q8_0-GGUF", "Qwen/Qwen2.5-7B"),
    ("llama2-70b", "meta-llama/Llama-2-70b"),
    ("gemma_3_12b_it_4bit_dynamic", "google/gemma-3-12b"),
    ("qwen3_0_6b_4bit_dynamic", "Qwen/Qwen3-0.6B"),
    ("zhipuai/GLM-5", "zai-org/GLM-5"), ("Mistral-7B", "mistralai/Mistral-7B-v0.1"),
    ("nvidia/DeepSeek-R1-NVFP4", "deepseek-ai/DeepSeek-R1"),
    ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Meta-Llama-3.1-8B"),
  ])
  func modelsAreFound(_ word: String, name: String) throws {
    let names = try ModelNames(library: ModelLibrary(folder: Checkout.path("scenarios/models")))
    #expect(names.name(of: word) == name)
    #expect(names.name(of: "Unheard-Of-3B") == nil)
  }

  /// A batch of prompts read and decoded; columns under other names.
  @Test func runsOfEqualLengths() throws {
    let file = try TemporaryText(
      "Framework,Hardware,Num_Hardware,Model,Batch Size,Input_Output_len,throughput_total_tok_s\n"
        + "vLLM,A100,4,LLaMA-3-70B,16,1024,2000\nllama.cpp,A100,1,LLaMA-3-8B,16,128,100\n",
      name: "t.csv")
    let table = try MeasurementFile.read(contentsOf: file.path)
    let row = try #require(table.served.first)
    #expect(row.device == "A100" && row.batch == 16 && row.layout.tensor == 4)
    #expect(row.shape == .run(input: 1024, output: 1024))
    #expect(abs(row.seconds - 2 * 1024 * 16 / 2000) < 1e-12)
    #expect(table.skipped == ["llama.cpp ran its batch one after the other": 1])
  }
}
