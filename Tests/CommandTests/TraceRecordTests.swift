import Foundation
import TestSupport
import Testing

/// `trace record` through the binary.
@Suite struct TraceRecordTests {
  private func run(_ folder: URL, _ arguments: [String]) throws -> Lacuna.Output {
    try Data(TinyModelSample.file().file).write(to: folder.appending(path: "m.safetensors"))
    try Data(TinyModelSample.prompt).write(to: folder.appending(path: "prompt"))
    return try Lacuna.run(
      ["trace", "record", "--model", folder.path, "--prompt", "\(folder.path)/prompt"] + arguments)
  }

  @Test func recordsAndCompares() throws {
    try Lacuna.inFolder { folder in
      let (one, two) = ("\(folder.path)/1.ltrace", "\(folder.path)/2.ltrace")
      #expect(try run(folder, ["--tokens", "80", "--pages", "2", "--out", one]).code == 0)
      let again = try run(
        folder,
        [
          "--tokens", "80", "--pages", "2", "--threads", "2", "--out", two, "--against", one,
          "--no-compare",
        ])
      #expect(again.code == 0 && again.errors.isEmpty)
      #expect(try Data(contentsOf: URL(filePath: one)) == Data(contentsOf: URL(filePath: two)))
      // The same at any number of threads, the pages in 48 steps, 3 layers and 2 heads included.
      for (name, count) in [("expert choices", "160"), ("pages", "576")] {
        let row = again.text.split(separator: "\n").first { $0.contains(name) } ?? ""
        #expect(row.contains("100.00") && row.contains(count), "\(again.text)")
      }
    }
  }

  @Test func generates() throws {
    try Lacuna.inFolder { folder in
      let out = "\(folder.path)/1.ltrace"
      let run = try run(folder, ["--path", "dense", "--generate", "20", "--out", out])
      #expect(run.code == 0)
      for name in ["dense, recorded", "sparse", "dense, generating"] {
        #expect(run.text.contains(name), "\(run.text)")
      }
      #expect(run.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
      let info = try Lacuna.run(["trace", "info", out])
      #expect(info.text.contains("120 tokens, 2 layers of 70 neurons"), "\(info.text)")
    }
  }

  @Test(
    arguments: [
      (["--tokens", "101"], 65, "--tokens is '101'; expected 1 to the prompt's 100 bytes"),
      (["--against", "scenarios/traces/relu-a-python.ltrace"], 65, "neurons.layers is"),
      (["--tokens", "0"], 64, "--tokens takes whole numbers"),
      (["--threads", "0"], 64, "--threads takes whole numbers"),
      (["--path", "dense", "--pages", "2"], 64, "--pages goes with the sparse path"),
    ] as [([String], Int32, String)])
  func refuses(_ arguments: [String], _ code: Int32, _ sentence: String) throws {
    try Lacuna.inFolder { folder in
      let run = try run(folder, arguments + ["--out", "\(folder.path)/x.ltrace"])
      #expect(run.code == code && run.errors.contains(sentence), "\(run.errors)")
    }
  }

  @Test func unwritableOutput() throws {
    try Lacuna.inFolder { folder in
      let run = try run(folder, ["--out", "\(folder.path)/none/x.ltrace"])
      #expect(run.code == 65 && run.text.isEmpty)
      #expect(run.errors.contains("it cannot be written"))
    }
  }
}
