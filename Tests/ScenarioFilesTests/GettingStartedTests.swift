import Foundation
import Testing

@testable import ScenarioFiles

/// What the getting-started page has a newcomer type is read without a fault.
@Suite struct GettingStartedTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  private static func firstBlock(of document: String) throws -> String {
    let text = try String(contentsOfFile: "\(root)/\(document)", encoding: .utf8)
    let parts = text.components(separatedBy: "```yaml\n")
    let block = try #require(parts.dropFirst().first, "\(document) has no YAML block")
    return block.components(separatedBy: "\n```").first ?? ""
  }

  @Test func theScenarioResolves() throws {
    let text = try Self.firstBlock(of: "docs/getting-started.md")
    // As if it lay in `scenarios/`, beside whose traces it names its own.
    let document = try Document(text: text, file: "\(Self.root)/scenarios/mine.yaml")
    let file = try ScenarioFile(document: document, settings: [])
    #expect(file.variants == ["fetch", "optimum", "on-host"])
    let resolver = ScenarioResolver(
      profiles: "\(Self.root)/hardware-profiles", models: "\(Self.root)/scenarios/models")
    for variant in file.variants {
      let resolved = try resolver.resolve(try file.scenario(variant: variant))
      #expect(resolved.experts?.topK == 8)
    }
  }

  @Test func theProfileReads() throws {
    let text = try Self.firstBlock(of: "docs/formats/profile.md")
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "\(UUID().uuidString)/example-gpu.yaml")
    let folder = file.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    try Data(text.utf8).write(to: file)
    let profile = try ProfileFile.read(contentsOf: file.path)
    #expect(profile.tier("flash")?.service != nil)
    #expect(profile.computeUnit("gpu")?.coreBandwidth != nil)
  }
}
