import Hardware
import Quantities

/// The text of a calibration file.
public enum CalibrationText {
  /// The file of the profile called `name`; kernels in the order of their names.
  public static func text(_ calibrations: [KernelCalibration], name: String) -> String {
    var out = "# Written by `lacuna calibrate`: fitted coefficients as [value, low, high], 95 %.\n"
    out += "schema: \(CalibrationFile.schema)\nprofile: \(name)\nkernels:\n"
    let sorted = calibrations.sorted { ($0.family, $0.kernel) < ($1.family, $1.kernel) }
    for one in sorted {
      out += "  \(quoted("\(one.family)/\(one.kernel)")):\n"
      out += "    source: \(quoted(one.source))\n    date: \(quoted(one.date))\n"
      out += "    rows: \(one.rows)\n"
      if let fitted = one.fittedRows { out += "    fitted-rows: \(fitted)\n" }
      out += "    groups: \(one.groups)\n"
      out += "    error: \(short(one.error))\n    p90: \(short(one.p90))\n    coefficients:\n"
      for c in one.coefficients {
        out += "      \(c.name): [\(short(c.value)), \(short(c.low)), \(short(c.high))]\n"
      }
      if let surface = one.surface { out += text(surface) }
    }
    return out
  }

  private static func text(_ surface: ResidualSurface) -> String {
    let axes = surface.axes.map { "[\($0.map { short($0) }.joined(separator: ", "))]" }
    var out = "    surface:\n      axes:\n"
    for axis in axes { out += "        - \(axis)\n" }
    out += "      values:\n        ["
    var width = 9
    for (place, value) in surface.values.enumerated() {
      let word = Decimal.fixed(value, decimals: 4)
      if place > 0 {
        out += ","
        width += 1
        if width + word.count + 1 > 98 {
          out += "\n         "
          width = 9
        } else {
          out += " "
          width += 1
        }
      }
      out += word
      width += word.count
    }
    return out + "]\n"
  }

  private static func short(_ value: Double) -> String { Decimal.significant(value, digits: 6) }
  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
