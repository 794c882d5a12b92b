import Kernels
import ScenarioFiles
import TestSupport
import Testing
import Traces

/// What is read back from a file is what the hook saw.
@Suite struct TouchRecordingTests {
  private struct Touch: Hashable {
    var step: Int, layer: Int, what: Touched, group: Int
  }

  private func folder() throws -> (Folder, TinyModelFolder) {
    let folder = try Folder()
    try folder.write("m.safetensors", TinyModelSample.file().file)
    return (folder, try TinyModelFolder(folder.path))
  }

  private func record(_ files: TinyModelFolder, _ path: TinyModel.Path) throws -> Trace {
    let recording = try TouchRecording(files.shape, path: path)
    var reader = ModelReader(
      try files.model(capacity: 100), on: try WorkerPool(threads: 2), path: path,
      recording: recording)
    _ = try reader.read(TinyModelSample.prompt)
    return try recording.trace(
      TraceHeader(model: "tiny", source: "a test", domain: "", licence: ""))
  }

  @Test func fileHoldsWhatTheHookSaw() throws {
    let (scratch, files) = try folder()
    let path = TinyModel.Path.sparse(page: 4, pages: 3)
    var seen: [Touch: [Int]] = [:]
    let model = try files.model(capacity: 100)
    let pool = try WorkerPool()
    for (step, token) in TinyModelSample.prompt.enumerated() {
      _ = try model.read(Int(token), on: pool, path: path) { layer, what, group, ids in
        seen[Touch(step: step, layer: layer, what: what, group: group)] = ids.map(Int.init)
      }
    }
    try TraceWriter.write(try record(files, path), to: "\(scratch.path)/t.ltrace")
    let trace = try TraceReader.read("\(scratch.path)/t.ltrace")
    let experts = try #require(trace.experts), neurons = try #require(trace.neurons)
    let pages = try #require(trace.pages)
    #expect(experts.layerNumbers == [1] && experts.expertCount == 5 && experts.topK == 2)
    #expect(neurons.layerNumbers == [0, 2] && neurons.neurons == 70)
    // Twelve tokens fit three pages; the token at position 12 is the first to choose.
    #expect(pages.firstPosition == 12 && pages.steps == 88 && pages.picks == 3)
    #expect([experts.tokens, neurons.tokens] == [100, 100])
    var fired: Set<Int> = []
    for step in 0..<100 {
      func touched(_ layer: Int, _ what: Touched, _ group: Int = 0) -> [Int]? {
        seen.removeValue(forKey: Touch(step: step, layer: layer, what: what, group: group))
      }
      #expect(Array(experts.experts(token: step, layer: 0)) == touched(1, .experts))
      for row in 0..<2 {
        var active: [Int] = []
        neurons.forEachActive(token: step, layer: row) { active.append($0) }
        #expect(active == touched(row * 2, .neurons))
        fired.formUnion(active)
      }
      guard step >= 12 else { continue }
      for layer in 0..<3 {
        for head in 0..<2 {
          let row = Array(pages.pages(step: step - 12, layer: layer, head: head))
          #expect(row == touched(layer, .pages, head) && row.last == step / 4)
        }
      }
    }
    #expect(seen.isEmpty)
    #expect(fired.contains { $0 >= 64 }, "no neuron past the first word was put to the test")
  }

  @Test func densePathRecordsTheSame() throws {
    let (_, files) = try folder()
    let (sparse, dense) = (try record(files, .sparse()), try record(files, .dense))
    let agreement = try TraceAgreement(of: dense, with: sparse, tokens: 100)
    #expect(try #require(agreement.experts?.share) > 0.99)
    #expect(agreement.experts?.all == 200)
    #expect(try #require(agreement.neurons?.share) > 0.999)
    #expect(agreement.neurons?.all == 14_000)
    #expect(dense.pages == nil && agreement.pages == nil)
    // A cache that never outgrows its pages is read whole, and nothing is recorded of it.
    #expect(try record(files, .sparse(page: 16, pages: 7)).pages == nil)
  }

  @Test func networksOfSeveralSizes() throws {
    let shape = TinyModelShape(
      vocabulary: 256, width: 8, heads: 1, kvHeads: 1, headWidth: 8,
      networks: [.relu(neurons: 8), .relu(neurons: 9)])
    #expect(throws: TraceFault.self) { try TouchRecording(shape, path: .dense) }
    let empty = try TouchRecording(try folder().1.shape, path: .dense)
    #expect(throws: TraceFault.self) {
      try empty.trace(TraceHeader(model: "", source: "", domain: "", licence: ""))
    }
  }
}
