import Foundation
import TestSupport
import Testing

/// Spoiled profiles, models and traces through the verbs that read them: one line an error, exit
/// 65, and nothing written.
@Suite struct RefusedFilesTests {
  @Test(arguments: [
    ("schema: 1", "schema: 2", "schema is '2'"),
    ("class: datacentre-gpu", "class: datacenter-gpu", "did you mean 'datacentre-gpu'?"),
    ("capacity:", "capacitty:", "did you mean"),
    ("bandwidth:", "bandwidth: -", "not valid YAML"),
    ("GB/s", "GB", "is not a quantity"),
    ("\npower:", "\npowr:", "unknown key 'powr'; did you mean 'power'?"),
    ("sources:", "sources: []\nnotes:", "sources"),
    ("name: nvidia-h100-sxm", "name: another", "name"),
  ])
  func profiles(_ old: String, _ new: String, _ sentence: String) throws {
    try expectRefusal("hardware-profiles/nvidia-h100-sxm.yaml", old, new, sentence) {
      ["hardware", "check", $0]
    }
  }

  @Test(arguments: [
    ("\"num_hidden_layers\": 48", "\"num_hidden_layers\": -1", "num_hidden_layers"),
    ("\"num_hidden_layers\": 48", "\"num_hidden_layers\": 1e9", "num_hidden_layers"),
    ("\"hidden_size\"", "\"hiden_size\"", "hidden_size"),
    ("\"num_experts\": 128", "\"num_experts\": 4", "num_experts"),
    ("{", "[", "not valid"),
    ("}", "", "not valid"),
    ("\"model_type\": \"qwen3_moe\"", "\"model_type\": \"qwen9\"", "model_type"),
  ])
  func models(_ old: String, _ new: String, _ sentence: String) throws {
    try expectRefusal("scenarios/models/Qwen--Qwen3-30B-A3B.json", old, new, sentence) {
      ["models", "show", $0]
    }
  }

  /// Each verb that reads a trace, on a cut one and on one with a wrong byte.
  @Test(arguments: [
    ["info"], ["convert", "--out", "OUT.csv"], ["convert", "--out", "OUT.jsonl"],
    ["convert", "--out", "OUT.ltrace"], ["synth", "--out", "OUT.ltrace", "--like"],
    ["import", "--out", "OUT.ltrace"],
  ])
  func traces(_ verb: [String]) throws {
    let whole = try Data(
      contentsOf: URL(fileURLWithPath: Checkout.path("scenarios/traces/gemma4-phone.ltrace")))
    var flipped = whole
    flipped[whole.count / 2] ^= 0x40
    let spoiled = [
      whole.prefix(whole.count - 1), whole.prefix(100), whole.prefix(7), Data(), flipped,
      whole + Data([0]), Data("schema: 1\n".utf8),
    ]
    for (number, bytes) in spoiled.enumerated() {
      try Lacuna.inFolder { folder in
        let file = folder.appendingPathComponent("spoiled-\(number).ltrace")
        try bytes.write(to: file)
        let words = verb.map { $0.replacing("OUT", with: "\(folder.path)/out") } + [file.path]
        try expectRefusal(try Lacuna.run(["trace"] + words), "spoiled-\(number)", in: folder)
      }
    }
  }

  @Test(arguments: [
    (["synth", "--layers", "0"], "layers"), (["synth", "--steps", "-1"], "steps"),
    (["synth", "--top-k", "9999"], "top-k"), (["synth", "--density", "nan"], "density"),
    (["synth", "--neurons", "8"], "neurons"),
  ])
  func absurdDimensions(_ words: [String], _ key: String) throws {
    try Lacuna.inFolder { folder in
      let run = try Lacuna.run(
        ["trace"] + words + [
          "--like", Checkout.path("scenarios/traces/gemma4-phone.ltrace"), "--out",
          "\(folder.path)/out.ltrace",
        ])
      #expect(run.code == 65 || run.code == 64)
      #expect(run.errors.contains(key), "\(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  private func expectRefusal(
    _ file: String, _ old: String, _ new: String, _ sentence: String,
    by words: (String) -> [String]
  ) throws {
    let text = try String(contentsOfFile: Checkout.path(file), encoding: .utf8)
    let place = try #require(text.range(of: old))
    try Lacuna.inFolder { folder in
      let name = URL(fileURLWithPath: file).lastPathComponent
      let spoiled = folder.appendingPathComponent(name)
      try Data(text.replacingCharacters(in: place, with: new).utf8).write(to: spoiled)
      try expectRefusal(try Lacuna.run(words(spoiled.path)), sentence, in: folder)
    }
  }

  private func expectRefusal(
    _ run: Lacuna.Output, _ sentence: String, in folder: URL
  ) throws {
    #expect(run.code == 65, "\(run.text)\(run.errors)")
    #expect(run.text.isEmpty)
    #expect(run.errors.contains(sentence), "\(run.errors)")
    for line in run.errors.split(separator: "\n") {
      #expect(line.hasPrefix(folder.path) && line.contains(": error: "), "\(line)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }
}
