import ArgumentParser
import Diagnostics
import Foundation
import Kernels
import ScenarioFiles
import Traces

/// `lacuna trace record`: a small model run through the sparse kernels, and what it touched.
struct TraceRecordCommand: ParsableCommand {
  enum PathName: String, ExpressibleByArgument, CaseIterable { case dense, sparse }

  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Run a small model over a text and write what it touched as an .ltrace file.",
    discussion: """
      DIR holds a byte-level model as .safetensors files (docs/kernels.md says which). Every byte
      of the prompt is a step. Experts and neurons are recorded on both paths; the dense one
      computes all of them, and what is recorded is what the sparse one would have read.

      EXAMPLE:
        lacuna trace record --model tiny --prompt prompt.txt --tokens 2048 --out tiny.ltrace
        lacuna trace record --model tiny --prompt prompt.txt --pages 16 --generate 200 \\
          --threads 2 --against recorded.ltrace --out tiny.ltrace
      """)

  @Option(help: "The folder with the model's .safetensors files.")
  var model: String
  @Option(help: "A file whose bytes are the prompt.")
  var prompt: String
  @Option(help: "How many bytes of the prompt to read. (default: all)")
  var tokens: Int?
  @Option(name: [.short, .long], help: "The .ltrace file to write.")
  var out: String
  @Option(help: "The path to record: dense or sparse.")
  var path: PathName = .sparse
  @Option(help: "Pages of 16 tokens that each KV head reads. (default: all, and none is recorded)")
  var pages: Int?
  @Option(help: "Threads of the kernels.")
  var threads: Int = 1
  @Option(help: "Bytes to generate after the prompt, each the likeliest.")
  var generate: Int = 0
  @Option(help: "A trace of the same text to compare with.")
  var against: String?
  @Flag(inversion: .prefixedNo, help: "Time the other path over the same bytes.")
  var compare = true
  @Option(help: "The kind of text for the header.")
  var domain: String = ""
  @Option(help: "Licence for the header.")
  var licence: String = ""
  @Flag(name: .shortAndLong, help: "No progress.")
  var quiet = false

  /// Attention to all that was read makes longer texts slow without bound.
  static let limit = 1 << 17

  func validate() throws {
    for (name, value, range) in [
      ("tokens", tokens ?? 1, 1...Self.limit), ("pages", pages ?? 1, 1...4096),
      ("threads", threads, 1...1024), ("generate", generate, 0...Self.limit),
    ] where !range.contains(value) {
      throw ValidationError(
        "--\(name) takes whole numbers between \(range.lowerBound) and \(range.upperBound), "
          + "not '\(value)'")
    }
    if pages != nil, path == .dense {
      throw ValidationError("--pages goes with the sparse path; the dense one reads every page")
    }
  }

  func run() throws {
    try reportingFaults {
      let folder = try TinyModelFolder(model)
      let bytes = try promptBytes()
      let recorded = try against.map { file throws(Faults) in try TraceReader.read(file) }
      // An output that cannot be written is known before the work.
      _ = try OutputFile(out)
      let progress = Progress(quiet: quiet)
      defer { progress.finish() }
      let run = TraceRecordRun(
        folder: folder, prompt: bytes, generate: generate, threads: threads,
        counter: TokenCounter(progress, of: bytes.count * (compare ? 2 : 1) + generate))
      let main = try run.record(path == .dense ? .dense : .sparse(pages: pages))
      let trace: Trace
      do throws(TraceFault) {
        trace = try main.recording.trace(header(main))
      } catch {
        throw Faults(error.problem, at: SourcePosition(file: model))
      }
      try TraceWriter.write(trace, to: out)
      let other = compare ? try run.time(path == .dense ? .sparse() : .dense) : nil
      progress.finish()
      let tables = TraceRecordTables(threads: threads)
      print(try tables.speeds(of: main, path, other), terminator: "")
      if let against, let recorded {
        let agreement: TraceAgreement
        do throws(TraceFault) {
          agreement = try TraceAgreement(of: trace, with: recorded, tokens: bytes.count)
        } catch {
          throw Faults(error.problem, at: SourcePosition(file: against))
        }
        print("\n" + (try tables.agreement(agreement)), terminator: "")
      }
      if generate > 0 { print("\n" + TraceRecordTables.shown(main.written)) }
    }
  }

  private func promptBytes() throws(Faults) -> ArraySlice<UInt8> {
    let bytes = try FileBytes.read(prompt, limit: 1 << 24)
    let count = tokens ?? bytes.count
    guard count >= 1, count <= bytes.count, count + generate <= Self.limit else {
      throw Faults(
        .outOfRange(
          key: "--tokens", found: "\(count)",
          allowed: "1 to the prompt's \(bytes.count) bytes, with those generated at most "
            + "\(Self.limit)"),
        at: SourcePosition(file: prompt))
    }
    return bytes.prefix(count)
  }

  private func header(_ run: TraceRecordRun.Recorded) -> TraceHeader {
    let loss = run.read.loss.map { String(format: ", loss %.5f nats a byte", $0) } ?? ""
    return TraceHeader(
      model: URL(fileURLWithPath: model).lastPathComponent,
      source: "\(URL(fileURLWithPath: prompt).lastPathComponent), \(path.rawValue) path",
      domain: domain, licence: licence,
      note: "\(run.read.tokens) bytes read and \(generate) generated\(loss)"
        + (pages == nil ? "" : "; page ids rise, they are not in the order of mass"))
  }
}
