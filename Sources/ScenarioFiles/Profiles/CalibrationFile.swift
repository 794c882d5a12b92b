import Diagnostics
import Foundation
import Hardware

/// The fitted coefficients of a device: `calibrations/NAME.yaml` beside the profile `NAME.yaml`.
///
/// The file is written by `lacuna calibrate`, so that a profile stays as its author wrote it.
public enum CalibrationFile {
  static let schema = 1

  /// Where the coefficients of the profile in `file` lie.
  public static func path(for file: String) -> String {
    let url = URL(fileURLWithPath: file)
    return url.deletingLastPathComponent().appendingPathComponent("calibrations")
      .appendingPathComponent(url.lastPathComponent).relativePath
  }

  /// The coefficients of the profile called `name` in `file`; none where the file is not there.
  ///
  /// - Throws: every fault of the file at once.
  static func read(for file: String, name: String) throws(Faults) -> [KernelCalibration] {
    let path = path(for: file)
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let document = try Document(contentsOf: path)
    let map = try document.map()
    _ = map.required("schema", "schema: \(schema)").flatMap { $0.integer(in: schema...schema) }
    if let value = map.required("profile", "the name of the profile"), let text = value.text(),
      text != name
    {
      value.refuse(
        .conflict(key: "profile", found: text, mend: "it must be the profile's name, '\(name)'"))
    }
    var calibrations: [KernelCalibration] = []
    if let section = map.required("kernels", "coefficients under family/kernel")?.map() {
      for key in section.keys {
        guard let value = section.value(key) else { continue }
        let parts = key.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let inner = value.map() else {
          value.refuse(.conflict(key: "kernels", found: key, mend: "write family/kernel"))
          continue
        }
        if let one = calibration(inner, device: name, family: parts[0], kernel: parts[1]) {
          calibrations.append(one)
        }
      }
    }
    map.finish()
    try document.faults.throwIfAny()
    return calibrations
  }

  private static func calibration(
    _ map: MapReader, device: String, family: String, kernel: String
  ) -> KernelCalibration? {
    defer { map.finish() }
    let source = map.required("source", "where the rows are from")?.text()
    let date = map.required("date", "the day of the fit")?.text()
    let rows = map.required("rows", "a count")?.integer(in: 1...1_000_000_000)
    let groups = map.required("groups", "a count")?.integer(in: 1...1_000_000_000)
    let fittedRows = fittedRows(map, of: rows)
    let error = map.required("error", "a share")?.number(in: 0...100)
    let p90 = map.required("p90", "a share")?.number(in: 0...100)
    var coefficients: [KernelCalibration.Coefficient] = []
    if let values = map.required("coefficients", "name: [value, low, high]")?.map() {
      for name in values.keys {
        guard let list = values.value(name)?.list("[value, low, high]") else { continue }
        let numbers = list.compactMap { $0.number(in: 0...1e15) }
        guard numbers.count == 3 else {
          values.value(name)?.refuse(
            .conflict(key: name, found: "\(numbers.count) numbers", mend: "give value, low, high"))
          continue
        }
        coefficients.append(
          KernelCalibration.Coefficient(
            name: name, value: numbers[0], low: numbers[1], high: numbers[2]))
      }
    }
    let surface = map.value("surface")?.map().flatMap { self.surface($0) }
    guard let source, let date, let rows, let groups, let error, let p90 else { return nil }
    return KernelCalibration(
      device: device, family: family, kernel: kernel, coefficients: coefficients,
      surface: surface, rows: rows, fittedRows: fittedRows, groups: groups, error: error, p90: p90,
      source: source, date: date)
  }

  private static func fittedRows(_ map: MapReader, of rows: Int?) -> Int? {
    guard let value = map.value("fitted-rows"),
      let count = value.integer(in: 1...1_000_000_000)
    else { return nil }
    if let rows, count >= rows {
      value.refuse(
        .conflict(
          key: "fitted-rows", found: "\(count) of \(rows)",
          mend: "leave it out where all rows were fitted"))
    }
    return count
  }

  private static func surface(_ map: MapReader) -> ResidualSurface? {
    defer { map.finish() }
    let place = map.required("axes", "three lists of rising knots")
    let axes = place?.list("three lists of rising knots")?.map { axis in
      (axis.list("rising knots") ?? []).compactMap { $0.number(in: -1e6...1e6) }
    }
    let rows = map.required("values", "a number for each knot")
    let values = rows?.list("a number for each knot")?.compactMap { $0.number(in: -10...10) }
    guard let axes, let values else { return nil }
    guard axes.count == 3, axes.allSatisfy({ !$0.isEmpty && $0.count <= 100 }),
      axes.allSatisfy({ zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } })
    else {
      place?.refuse(
        .conflict(key: "axes", found: "other lists", mend: "give three lists of rising knots"))
      return nil
    }
    let count = axes.reduce(1) { $0 * $1.count }
    guard values.count == count else {
      rows?.refuse(
        .conflict(
          key: "values", found: "\(values.count) numbers", mend: "give \(count), one for each knot")
      )
      return nil
    }
    return ResidualSurface(axes: axes, values: values)
  }
}
