import Foundation
import TestSupport
import Testing

/// The verbs of real kernels through the binary: what they refuse, and what they list.
@Suite struct KernelVerbTests {
  @Test(arguments: [
    (["kernels", "check", "--kernel", "gemvv"], "There is no kernel 'gemvv'"),
    (["kernels", "check", "--shapes", "0"], "--shapes must be from 1"),
    (["kernels", "check", "--threads", "0"], "--threads must be from 1"),
    (["kernels", "bench", "--density", "0"], "--density must be over 0"),
    (["kernels", "bench", "--density", "1.5"], "--density must be over 0"),
    (["kernels", "bench", "--density", "nan"], "--density must be over 0"),
    (["kernels", "bench", "--threads", "2000"], "--threads must be from 1"),
    (["calibrate", "host", "--threads", "0"], "--threads must be from 1"),
    (["calibrate", "host", "--threads", "100000"], "--threads must be from 1"),
    (["calibrate", "host", "--out", "box.yml"], "--out must end in .yaml"),
    (["validate", "a.csv", "--host", "box.yaml"], "--host measures by itself"),
    (["validate"], "Name a table, a scenario or a folder"),
    (["calibrate", "tables"], "Missing expected argument"),
  ])
  func badUsage(_ arguments: [String], _ sentence: String) throws {
    let run = try Lacuna.run(arguments)
    #expect(run.code == 64)
    #expect(run.text.isEmpty)
    #expect(run.errors.contains(sentence), "\(run.errors)")
  }

  /// Folders that cannot be written and profiles without kernels are found before any measuring.
  @Test func badInput() throws {
    try Lacuna.inFolder { folder in
      let shipped = Checkout.path("hardware-profiles/nvme-gen4.yaml")
      for (arguments, sentence) in [
        (["calibrate", "host", "--out", "\(folder.path)/none/box.yaml"], "it cannot be written"),
        (
          ["calibrate", "host", "--out", "\(folder.path)/box.yaml", "--folder", "/proc/none"],
          "cannot be written there"
        ),
        (["validate", "--host", "\(folder.path)/box.yaml"], "no such file"),
        (["validate", "--host", shipped], "no kernel of this machine is calibrated"),
        (["kernels", "bench", "--host", shipped], "no kernel of this machine is calibrated"),
      ] {
        let run = try Lacuna.run(arguments)
        #expect(run.code == 65, "\(arguments)")
        #expect(run.text.isEmpty)
        #expect(run.errors.contains(sentence), "\(run.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test func list() throws {
    let run = try Lacuna.run(["kernels", "list"])
    #expect(run.code == 0)
    for name in ["2:4-gemv", "attention-pages", "spgemm", "file-read-threads"] {
      #expect(run.text.contains(name))
    }
  }

  /// A kernel beside its twin at two densities and two sizes, with two threads.
  @Test func bench() throws {
    let run = try Lacuna.run([
      "kernels", "bench", "--kernel", "trie-step", "--density", "0.01", "--density", "0.1",
      "--threads", "2", "--format", "csv",
    ])
    #expect(run.code == 0, "\(run.errors)")
    let lines = run.text.split(separator: "\n")
    #expect(lines.count == 5 && lines.dropFirst().allSatisfy { $0.hasPrefix("trie-step,") })
    let place = try #require(
      lines.first?.split(separator: ",").firstIndex { $0.hasPrefix("speedup") })
    for line in lines.dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      #expect(try #require(Double(cells[place])) > 0, "\(line)")
    }
  }

  private static let profile = """
    schema: 1
    name: "box"
    title: "A box"
    class: server
    sources:
      stated: "stated"
    compute:
      cpu:
        memory: dram
        cores: {value: 1, source: stated, basis: datasheet}
        peaks:
          fp32:
            dense: {value: 100 GFLOP/s, source: stated, basis: datasheet}
    tiers:
      dram:
        kind: memory
        capacity: {value: 16 GiB, source: stated, basis: datasheet}
        bandwidth: {value: 20 GB/s, source: stated, basis: datasheet}

    """

  /// A start in microseconds, beside which all else is nothing.
  private static func fit(_ variant: String, start: Int) -> String {
    """
      "host/trie-step-\(variant)-1t":
        source: "stated"
        date: "2026-01-01"
        rows: 20
        groups: 20
        error: 0.1
        p90: 0.2
        coefficients:
          start: [\(start), \(start), \(start)]
          arithmetic-share: [1, 1, 1]
          bandwidth-share: [1, 1, 1]
          piece: [0.001, 0.001, 0.001]

    """
  }

  /// A second over ten milliseconds is what the coefficients say.
  @Test func benchBesidePrediction() throws {
    try Lacuna.inFolder { folder in
      let fits = folder.appendingPathComponent("calibrations")
      try FileManager.default.createDirectory(at: fits, withIntermediateDirectories: true)
      try Self.profile.write(
        to: folder.appendingPathComponent("box.yaml"), atomically: true, encoding: .utf8)
      let text =
        "schema: 1\nprofile: box\nkernels:\n" + Self.fit("dense", start: 1_000_000)
        + Self.fit("sparse", start: 10_000)
      try text.write(to: fits.appendingPathComponent("box.yaml"), atomically: true, encoding: .utf8)
      let run = try Lacuna.run([
        "kernels", "bench", "--kernel", "trie-step", "--kernel", "file-read", "--density", "0.05",
        "--host", "\(folder.path)/box.yaml", "--plots", "\(folder.path)/plots", "--format", "csv",
      ])
      #expect(run.code == 0, "\(run.errors)")
      let rows = run.text.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let place = try #require(rows.first?.firstIndex { $0.hasPrefix("predicted") })
      #expect(rows.dropFirst().map { $0[0] } == ["trie-step", "trie-step", "file-read"])
      for row in rows.dropFirst().prefix(2) {
        #expect(abs(try #require(Double(row[place])) - 100) < 1)
      }
      #expect(rows.last?[place] == "")
      for name in ["bench-density", "host-speedup"] {
        let plot = try String(contentsOfFile: "\(folder.path)/plots/\(name).svg", encoding: .utf8)
        #expect(plot.contains("trie-step") && plot.hasSuffix("</svg>\n"))
      }
    }
  }

  @Test func check() throws {
    let run = try Lacuna.run([
      "kernels", "check", "--kernel", "csr-gemm", "--kernel", "trie-step", "--shapes", "5",
    ])
    #expect(run.code == 0)
    #expect(run.text.split(separator: "\n").filter { $0.hasSuffix("equal") }.count == 2)
  }
}
