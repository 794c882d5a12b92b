import Diagnostics
import Foundation
import Hardware
import TestSupport
import Testing

@testable import ScenarioFiles

/// Calibrations are read as they were written, and a count of fitted rows that says nothing is
/// refused.
@Suite struct CalibrationFileTests {
  private static func calibration(_ kernel: String, rows: Int, fitted: Int?) -> KernelCalibration {
    KernelCalibration(
      device: "box", family: "gemm", kernel: kernel,
      coefficients: [.init(name: "start", value: 2.5, low: 2.25, high: 2.75)], surface: nil,
      rows: rows, fittedRows: fitted, groups: 37, error: 0.0625, p90: 0.125, source: "gemm.csv",
      date: "2026-11-21")
  }

  private func read(_ text: String) throws -> [KernelCalibration] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "calibration-\(UUID().uuidString)")
    let file = folder.appendingPathComponent("box.yaml").path
    let path = CalibrationFile.path(for: file)
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    defer {
      do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(error)") }
    }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try CalibrationFile.read(for: file, name: "box")
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let all = [
      Self.calibration("a-bf16", rows: 900, fitted: nil),
      Self.calibration("b-bf16", rows: 28_786, fitted: 1000),
    ]
    #expect(try read(CalibrationText.text(all, name: "box")) == all)
  }

  @Test(arguments: ["900", "1000", "0", "-5", "many", "1.5"])
  func aCountOfFittedRowsIsLessThanAllRows(_ count: String) throws {
    let text = CalibrationText.text(
      [Self.calibration("a-bf16", rows: 900, fitted: 500)], name: "box")
    let broken = text.replacing("fitted-rows: 500", with: "fitted-rows: \(count)")
    #expect(broken != text)
    #expect(throws: Faults.self) { try read(broken) }
  }
}
