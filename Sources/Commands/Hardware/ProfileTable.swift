import Hardware
import Quantities

/// One line a profile: what it computes with and from.
enum ProfileTable {
  static func text(_ profiles: [Profile]) -> String {
    let head = ["name", "class", "memory", "bandwidth", "bf16/fp16", "power"]
    return TextColumns.text([head] + profiles.map(row))
  }

  private static func row(_ profile: Profile) -> [String] {
    let unit = ["gpu", "npu", "cpu"].lazy.compactMap { profile.computeUnit($0) }.first
    let tier = unit.flatMap { profile.tier($0.memory) } ?? profile.tiers.first
    let peak = unit.flatMap { $0.peak(.bf16) ?? $0.peak(.fp16) }
    return [
      profile.name, profile.deviceClass.rawValue,
      tier.map { "\($0.name) \(SizeText.rounded($0.capacity.value))" } ?? "-",
      tier.map { "\($0.bandwidth.value)" } ?? "-", peak.map { "\($0)" } ?? "-",
      profile.power.map { "\($0.limit.value)" } ?? "-",
    ]
  }
}

/// Rows of text in aligned columns.
enum TextColumns {
  /// Each column as wide as its longest cell; no blanks at line ends.
  static func text(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (cell, width) in zip(row, widths) {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

/// Memory sizes as people write them: in powers of two.
enum SizeText {
  /// The size as the smallest whole number of a unit, binary or decimal, else as usual.
  static func exact(_ size: Bytes) -> String {
    let counts = ["TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "kB", "B"].compactMap { unit in
      Bytes.units.factor(of: unit).map { (count: size.value / $0, unit: unit) }
    }
    let whole = counts.filter { $0.count >= 1 && $0.count == $0.count.rounded() }
    guard let best = whole.min(by: { $0.count < $1.count }) else { return "\(size)" }
    return "\(Decimal.significant(best.count, digits: 12)) \(best.unit)"
  }

  /// The size in GiB with four significant digits; a size that is whole in decimal units stays so.
  static func rounded(_ size: Bytes) -> String {
    let gibi = 1_073_741_824.0
    let decimal = size.value / 1e9
    guard size.value >= gibi, decimal != decimal.rounded() else { return "\(size)" }
    return "\(Decimal.significant(size.value / gibi, digits: 4)) GiB"
  }
}
