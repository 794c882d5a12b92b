import Foundation
import Quantities

/// Maps values to places along an axis.
struct Scale {
  let low: Double
  let high: Double
  private let isLogarithmic: Bool
  private let start: Double
  private let end: Double

  /// Covers `values` from one power of ten to another, or with a margin.
  init(_ values: [Double], _ isLogarithmic: Bool, from start: Double, to end: Double) {
    self.isLogarithmic = isLogarithmic
    self.start = start
    self.end = end
    let least = values.min() ?? (isLogarithmic ? 1 : 0)
    let most = values.max() ?? (isLogarithmic ? 10 : 1)
    if isLogarithmic {
      low = pow(10, log10(least).rounded(.down))
      high = max(pow(10, log10(most).rounded(.up)), low * 10)
    } else {
      let margin = max((most - least) * 0.05, 1e-9)
      low = least - margin
      high = most + margin
    }
  }

  func callAsFunction(_ value: Double) -> Double {
    let share =
      isLogarithmic
      ? log10(value / low) / log10(high / low) : (value - low) / (high - low)
    return start + share * (end - start)
  }

  struct Tick {
    var value: Double
    var label: String
  }

  /// Powers of ten, or about five round numbers.
  var ticks: [Tick] {
    if isLogarithmic {
      let first = Int(log10(low).rounded())
      let last = Int(log10(high).rounded())
      let every = max(1, (last - first + 7) / 8)
      return stride(from: first, through: last, by: every).map {
        Tick(value: pow(10, Double($0)), label: "1e\($0)")
      }
    }
    let raw = (high - low) / 5
    let unit = pow(10, log10(raw).rounded(.down))
    let step = ([1, 2, 5, 10].first { $0 * unit >= raw } ?? 10) * unit
    return stride(from: (low / step).rounded(.up) * step, through: high, by: step).map {
      Tick(value: $0, label: Decimal.significant($0.magnitude < step / 1e6 ? 0 : $0, digits: 4))
    }
  }
}
