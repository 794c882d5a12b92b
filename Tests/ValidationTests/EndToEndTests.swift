import Costs
import Diagnostics
import Hardware
import Models
import ScenarioFiles
import TestSupport
import Testing

@testable import Validation

@Suite struct StepFormTests {
  static func form(_ values: [StepCoefficient: Double], on profile: String) throws -> StepForm {
    let library = ProfileLibrary(folder: Checkout.path("hardware-profiles"))
    return StepForm(
      device: try DeviceFigures(library.profile(profile)),
      set: StepSet(runtime: "r", name: "s", values: values, source: "", rows: 0, error: 0))
  }

  @Test(arguments: ReferenceStep.rows)
  func equalsTheReference(_ row: ReferenceStep) throws {
    let form = try Self.form(#require(ReferenceStep.sets[row.set]), on: row.profile)
    let seconds = form.seconds(
      try #require(ReferenceStep.sizes[row.model]), try #require(WeightFormat.named(row.format)),
      batch: row.batch, context: row.context, layout: row.layout)
    #expect(abs(seconds / row.seconds - 1) < 1e-9)
  }

  /// 2 layers, 1 MB of dense weights, 0.5 MB of head and 100 B of cache a token on 1 TB/s.
  @Test func isWhatAHandComputes() throws {
    let sizes = StepSizes(
      layers: 2, hidden: 64, attention: 200_000, dense: 300_000, head: 250_000,
      mixers: [.init(layers: 2, entry: 25, kvHeads: 1, queryHeads: 4, width: 32)])
    var form = try Self.form([.weights: 0.5, .kv: 0.25, .layer: 10e-6], on: "nvidia-a100-sxm-80gb")
    form.device.bandwidth = 1e12
    let format = try #require(WeightFormat.named("bf16"))
    // 1.5 MB at 0.5 TB/s, arithmetic 312e12 flop/s negligible, 1000 x 100 B at 0.25 TB/s, 20 us.
    let seconds = form.seconds(sizes, format, batch: 1, context: 1000)
    #expect(abs(seconds - (3e-6 + 0.4e-6 + 20e-6)) < 1e-11)
    // Twice the sequences read twice the cache and the same weights.
    let two = form.seconds(sizes, format, batch: 2, context: 1000)
    #expect(abs(two - seconds - 0.4e-6) < 1e-11)
  }

  @Test func processorsUnpackWeightByWeight() throws {
    let sizes = StepSizes(
      layers: 1, hidden: 1, attention: 6e8, dense: 3e8, head: 1e8,
      mixers: [.init(layers: 1, entry: 0, kvHeads: 1, queryHeads: 1, width: 1)])
    var form = try Self.form([.weights: 1, .kv: 1], on: "google-pixel-6a")
    form.device.bandwidth = 1e18
    form.set.unpack = ["q8_0": 50e-12]
    let format = try #require(WeightFormat.named("Q8_0"))
    #expect(abs(form.seconds(sizes, format, batch: 1, context: 1) - 0.05) < 1e-9)
    #expect(form.knows(format))
    #expect(!form.knows(try #require(WeightFormat.named("q4_0"))))
  }

  @Test func sizesAreThoseOfTheModel() throws {
    let library = ModelLibrary(folder: Checkout.path("scenarios/models"))
    func sizes(_ name: String) throws -> StepSizes? {
      StepSizes(try library.model(name, at: SourcePosition(file: "test")))
    }
    // Norms and biases apart, which are thousandths.
    for (name, reference) in [
      ("openai/gpt-oss-20b", "gpt-oss-20b"), ("deepseek-ai/DeepSeek-R1", "deepseek-r1"),
      ("google/gemma-3-4b", "gemma-3-4b"), ("zai-org/GLM-4.7-Flash", "glm-4.7-flash"),
      ("bigscience/bloom-176b", "bloom-176b"),
    ] {
      let own = try #require(try sizes(name))
      let wanted = try #require(ReferenceStep.sizes[reference])
      #expect(abs(own.active / wanted.active - 1) < 2e-3, "\(name)")
      #expect(own.layers == wanted.layers)
      #expect(own.experts == wanted.experts && own.expert / max(1, wanted.expert) < 1.01)
      #expect(abs(own.cache(5000) / wanted.cache(5000) - 1) < 1e-9, "\(name)")
    }
    #expect(try sizes("deepseek-ai/DeepSeek-V4-Flash") == nil)
  }
}

@Suite struct EndToEndTests {
  static func report(_ tables: [MeasurementTable]) throws -> CheckReport {
    let folder = Checkout.path("hardware-profiles")
    let library = ProfileLibrary(folder: folder)
    let profiles = try library.names().map { try library.profile($0) }
    let models = ModelLibrary(folder: Checkout.path("scenarios/models"))
    let names = try ModelNames(library: models)
    let checker = EndToEndChecker(
      book: try ServingFile.book(folder: "\(folder)/serving"),
      profile: { word in
        profiles.first { profile in
          (profile.aliases + [profile.name])
            .contains { ServingBook.plain($0) == ServingBook.plain(word) }
        }
      }
    ) { word throws(Faults) in
      guard let name = names.name(of: word) else { return nil }
      return try StepSizes(models.model(name, at: SourcePosition(file: models.folder)))
    }
    var report = CheckReport(files: tables.map(\.file))
    try checker.check(tables, into: &report)
    for table in tables {
      for (reason, count) in table.skipped { report.skipped[reason, default: 0] += count }
    }
    return report
  }

  static func report(_ file: String) throws -> CheckReport {
    try report([
      MeasurementFile.read(contentsOf: Checkout.path("measurements/endtoend/\(file)"))
    ])
  }

  /// Each sample, the rows that are predicted, by runtime and device, and the rows that are not.
  @Test(arguments: [
    (
      "llamacpp.csv", ["llama.cpp-cuda nvidia-dgx-spark", "llama.cpp-metal apple-m2-ultra"], 8, 2
    ),
    ("edge.csv", ["llama.cpp-cpu google-pixel-6a", "llama.cpp-cpu intel-i5-1235u"], 6, 2),
    ("apple_runs.csv", ["mlx-swift apple-iphone-17-pro", "mlx-swift apple-m4-max"], 4, 3),
    ("apple_cells.csv", ["core-ai apple-m4-max", "mlx-swift apple-m4-max"], 4, 2),
    ("splitwise.csv.gz", ["vllm-eager nvidia-a100-sxm-80gb", "vllm-eager nvidia-h100-sxm"], 4, 1),
    ("inferencex.csv", ["trtllm nvidia-h200-sxm", "vllm nvidia-b200"], 4, 3),
  ])
  func tables(_ file: String, places: [String], rows: Int, skipped: Int) throws {
    let report = try Self.report(file)
    #expect(report.sections.map { "\($0.kernel) \($0.device)" } == places)
    #expect(report.sections.allSatisfy { $0.family == "end-to-end" && !$0.isInherited })
    let all = report.sections.flatMap(\.rows)
    #expect(all.count == rows)
    #expect(report.skippedRows == skipped)
    #expect(report.skipped.keys.allSatisfy { !$0.isEmpty })
    let errors = try ErrorSummary(all.map(\.error))
    // So few rows say little of the whole table's error; a wrong unit or batch is far beyond this.
    #expect(errors.median < 0.3, "\(errors)")
    #expect(all.allSatisfy { $0.isRate && $0.roofline > 0 && $0.roofline < $0.predicted })
  }

  @Test func logsOfRequestsAreReplayed() throws {
    let report = try Self.report("vllm_rtx4090_llama-3.1-8b_requests.jsonl")
    #expect(report.sections.map(\.device) == ["nvidia-rtx-4090"])
    let rows = try #require(report.sections.first).rows
    #expect(rows.map(\.line) == [1, 2, 3, 4])
    // Four of 300 requests: the batch was larger than these stamps say, so only bounds hold.
    #expect(rows.allSatisfy { $0.predicted > $0.roofline && $0.predicted < $0.measured })
  }

  /// Two requests side by side in a run, predicted step by step.
  @Test func aRunIsTheIntegralOfItsSteps() throws {
    let form = try StepFormTests.form(
      [.weights: 1, .kv: 1, .layer: 1e-3], on: "nvidia-rtx-4090")
    let sizes = StepSizes(
      layers: 10, hidden: 1, attention: 0, dense: 0, head: 0,
      mixers: [.init(layers: 10, entry: 0, kvHeads: 1, queryHeads: 0, width: 0)])
    let format = try #require(WeightFormat.named("bf16"))
    func request(_ output: Double, _ first: Double, _ last: Double) -> ServedRun.Request {
      .init(input: 1, output: output, scheduled: 0, firstToken: first, lastToken: last, line: 1)
    }
    let run = ServedRun(
      device: "", runtime: "", model: "", format: format, layout: .init(),
      requests: [request(11, 1, 2), request(101, 1, 3)])
    // Nothing but 10 ms of layers a step, whatever the batch.
    let seconds = RequestReplay(form: form, sizes: sizes, run: run).tokenSeconds()
    for value in seconds { #expect(abs(value - 0.01) < 1e-12) }
  }
}
