import Diagnostics
import Hardware

@testable import ScenarioFiles

/// A small profile that uses every section, and ways to break it.
enum ProfileSample {
  static let text = """
    schema: 1
    name: sample
    title: A sample device
    class: datacentre-gpu
    sources:
      vendor: "Data sheet, https://example.org, 2026"
      bench: "Own run, 2026"
    compute:
      gpu:
        memory: hbm
        source: vendor
        cores: 108
        clock: 1.41 GHz
        peaks:
          bf16: {dense: 312 TFLOP/s, "2:4": 624 TFLOP/s}
        launch: {value: 2.5 us, source: bench, basis: measured}
        energy-per-flop: {value: 1 pJ/FLOP, basis: derived}
    tiers:
      hbm:
        kind: memory
        source: vendor
        capacity: 80 GiB
        bandwidth: 2 TB/s
        efficiency: {source: bench, basis: measured, points: [[1 MB, 0.5], [1 GB, 0.9]]}
      flash:
        kind: storage
        source: bench
        basis: measured
        capacity: {value: 1 TB, source: vendor}
        bandwidth: 3 GB/s
        reads:
          points:
            - {chunk: 4 KiB, depth: 1, throughput: 100 MB/s}
            - {chunk: 64 KiB, depth: 1, throughput: {value: 1 GB/s, source: vendor}}
    links:
      storage: {far: flash, near: hbm, duplex: full, bandwidth: 3 GB/s, source: vendor}
    kernels:
      gemv/cublas-bf16: {fixed: 2 us, bandwidth-share: 0.88, source: bench, error: 0.03, rows: 24}
    power: {idle: 50 W, limit: 400 W, source: vendor}
    price: {rent: 3.6 USD/h, source: vendor}
    """

  /// The sample with `old` replaced; the text must hold it exactly once.
  static func text(_ old: String, _ new: String) -> String? {
    let pieces = text.split(separator: old, omittingEmptySubsequences: false)
    return pieces.count == 2 ? "\(pieces[0])\(new)\(pieces[1])" : nil
  }

  /// The printed faults of a profile text, or nothing when it reads well.
  static func lines(_ text: String, file: String = "sample.yaml") -> [String] {
    do {
      _ = try ProfileFile.read(text: text, file: file)
      return []
    } catch {
      return error.faults.map(Diagnostic.line)
    }
  }
}
