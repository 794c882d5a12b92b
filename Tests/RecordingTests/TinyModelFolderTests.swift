import Kernels
import ScenarioFiles
import TestSupport
import Testing

/// A folder of files is one model, or a line says why not.
@Suite struct TinyModelFolderTests {
  @Test func twoFilesAreOneModel() throws {
    let folder = try Folder()
    let whole = TinyModelSample.file()
    let first = SafetensorsSample(
      metadata: whole.metadata, tensors: Array(whole.tensors.prefix(9)))
    let second = SafetensorsSample(
      metadata: whole.metadata, tensors: Array(whole.tensors.dropFirst(9)))
    try folder.write("b.safetensors", first.file)
    try folder.write("a.safetensors", second.file)
    try folder.write("notes.txt", [1])
    let model = try TinyModelFolder(folder.path)
    #expect(
      model.shape
        == TinyModelShape(
          vocabulary: 256, width: 8, heads: 4, kvHeads: 2, headWidth: 4,
          networks: [
            .relu(neurons: 70), .experts(count: 5, neurons: 6, k: 2), .relu(neurons: 70),
          ]))
    #expect(try model.model(capacity: 3).capacity == 3)
    try folder.write("c.safetensors", whole.file)
    #expect(try line { _ = try TinyModelFolder(folder.path) }.contains("appears twice"))
  }

  @Test(
    arguments: [
      ("\"vocab\": 256", "\"vocab\": 300", "vocab is '300'; expected a whole number between 256"),
      ("\"d\": 8", "\"d\": 0", "d is '0'"),
      ("\"layers\": 3", "\"layers\": 4", "layers is '4'; ffn lists 3 networks"),
      ("\"topk\": 2", "\"topk\": 6", "topk is '6'; there are 5 experts"),
      ("\"kv\": 2", "\"kv\": 3", "heads is '4'; it must be a multiple of the 3 KV heads"),
      ("\"hd\": 4", "\"hd\": 3", "hd is '3'; it must be even"),
      ("\"moe\"", "\"mlp\"", "ffn[1]: there is no network 'mlp'"),
      ("\"inter\": 70", "\"inter\": -1", "inter is '-1'"),
      ("\"inter\": 70", "\"internal\": 70", "missing key 'inter'"),
      ("\"hd\": 4", "\"hd\": 4, \"theta\": 0", "theta is '0'"),
      // All is well in itself, but the tensors are others.
      ("\"hd\": 4", "\"hd\": 6", "att.0.k.weight.shape is '[8, 8]'; the configuration makes it"),
      ("[\"relu\", \"moe\"", "[\"moe\", \"relu\"", "missing key 'ffn.0.down'"),
    ] as [(String, String, String)])
  func badConfig(_ old: String, _ new: String, _ sentence: String) throws {
    var sample = TinyModelSample.file()
    let config = TinyModelSample.config.replacing(old, with: new)
    try #require(config != TinyModelSample.config)
    sample.metadata["config"] = config
    let folder = try Folder()
    try folder.write("m.safetensors", sample.file)
    let text = try line { _ = try TinyModelFolder(folder.path) }
    #expect(text.contains(sentence), "\(text)")
    #expect(text.split(separator: "\n").allSatisfy { $0.contains(": error: ") })
  }

  @Test func badFolders() throws {
    let folder = try Folder()
    func fault() throws -> String { try line { _ = try TinyModelFolder(folder.path) } }
    #expect(try fault().contains("the folder holds no .safetensors file"))
    #expect(try line { _ = try TinyModelFolder(folder.path + "/x") }.contains("no such folder"))
    var sample = TinyModelSample.file()
    sample.metadata = [:]
    try folder.write("m.safetensors", sample.file)
    #expect(try fault().contains("missing key '__metadata__.config'"))
    sample.metadata = ["config": "{"]
    try folder.write("m.safetensors", sample.file)
    #expect(try fault().contains("not valid YAML"))
    sample = TinyModelSample.file()
    sample.tensors.append(("extra", "F32", [0], []))
    try folder.write("m.safetensors", sample.file)
    #expect(try fault().contains("there is no tensor 'extra'"))
    sample.metadata = ["config": TinyModelSample.config + " "]
    sample.tensors = []
    try folder.write("n.safetensors", sample.file)
    #expect(try fault().contains("keep one model a folder"))
  }
}
