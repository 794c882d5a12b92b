import Diagnostics
import Foundation
import Models
import Quantities
import Testing

@testable import ScenarioFiles

/// The bundled configurations, found from this file, so that tests need no current directory.
let bundledModels = ModelLibrary(
  folder: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("scenarios/models").path)

func bundled(_ name: String) throws -> Model {
  try bundledModels.model(name, at: SourcePosition(file: "test"))
}

@Suite struct ModelConfigTests {
  @Test func everyBundledModelHasAPublishedCount() throws {
    let known = PublishedModel.all.map(\.name) + PublishedModel.unpublished.map(\.name)
    #expect(try bundledModels.names() == known.sorted())
  }

  @Test(arguments: PublishedModel.unpublished)
  func unpublishedCountsAreOfTheRightSize(_ name: String, between: ClosedRange<Double>) throws {
    #expect(between ~= (try bundled(name).parameterCount))
  }

  @Test func aMissingFolderIsAFault() {
    let faults = #expect(throws: Faults.self) { try Assets.folder("no/such/folder") }
    #expect(faults?.faults.first?.position.file == "no/such/folder")
  }

  @Test func windowsThatNoContextOutgrowsAreNone() throws {
    // Phi-4-mini slides over 262144 tokens of at most 131072; Mistral over 4096 of 32768.
    #expect(try bundled("microsoft/Phi-4-mini").layer(0).attention.window == nil)
    #expect(try bundled("mistralai/Mistral-7B-v0.1").layer(0).attention.window == 4096)
  }

  @Test(arguments: PublishedModel.all)
  func countsMatchThePublishedOnes(_ published: PublishedModel) throws {
    let model = try bundled(published.name)
    #expect(
      published.total.allows(model.parameterCount),
      "total \(model.parameterCount), published \(published.total.text) (\(published.source))")
    guard let active = published.active else { return }
    let count =
      switch published.basis {
      case .head: model.activeParameterCount
      case .headAndTable: model.activeParameterCount + model.embeddingParameters
      case .neither: model.activeParameterCount - model.headParameters
      }
    #expect(
      active.allows(count), "active \(count), published \(active.text) (\(published.source))")
  }

  /// Where the publisher's count is exact and of the same weights, ours is too.
  @Test func exactCountsAreExact() throws {
    let exact = PublishedModel.all.filter { $0.total.rounding == 0.5 }
    let differing = try exact.filter { try bundled($0.name).parameterCount != $0.total.value }
    #expect(exact.count > 40)
    #expect(differing.map(\.name) == [])
  }

  @Test func keyValueBytes() throws {
    // 2 x 8 heads x 128 x 2 B x 32 layers.
    #expect(try bundled("meta-llama/Meta-Llama-3-8B").kvBytesPerToken(.fp16) == Bytes(131072))
    // (512 + 64) x 2 B x 27 layers.
    #expect(try bundled("deepseek-ai/DeepSeek-V2-Lite").kvBytesPerToken(.bf16) == Bytes(31104))
    // 18 of 36 layers are full: 2 x 8 x 64 x 2 B each.
    let model = try bundled("openai/gpt-oss-120b")
    #expect(model.kvBytesPerToken(.fp16) == Bytes(18 * 2048))
    // The other 18 stop at 128 tokens.
    #expect(model.kvBytes(context: 1000, .fp16) == Bytes(18 * 2048 * 1128))
  }

  @Test func equalLayersShareAShape() throws {
    let llama = try bundled("meta-llama/Meta-Llama-3-8B")
    #expect(llama.shapes.count == 1)
    #expect(llama.layersOfShape == [32])
    let deepseek = try bundled("deepseek-ai/DeepSeek-V3")
    #expect(deepseek.layersOfShape == [3, 58])
    let gemma = try bundled("google/gemma-3-27b")
    // Every sixth of 62 layers is full.
    #expect(gemma.layersOfShape == [52, 10])
    #expect(gemma.layer(5).attention.window == nil)
    #expect(gemma.layer(6).attention.window == 1024)
  }

  @Test func aMissNamesTheNearestModel() throws {
    let faults = #expect(throws: Faults.self) { try bundled("facebook/opt-6.7") }
    #expect(
      faults?.faults.map(Diagnostic.line) == [
        "test: error: model: there is no model 'facebook/opt-6.7'; "
          + "did you mean 'facebook/opt-6.7b'?"
      ])
    let short = #expect(throws: Faults.self) { try bundled("phi-2") }
    #expect(
      short?.faults.map(Diagnostic.line) == [
        "test: error: model: there is no model 'phi-2'; did you mean 'microsoft/phi-2'?"
      ])
  }
}
