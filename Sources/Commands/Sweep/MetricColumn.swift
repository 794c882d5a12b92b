import Quantities
import ResultTables
import Scenarios

/// The column of a metric: its name with its unit.
enum MetricColumn {
  static func column(_ metric: String) -> Column {
    switch Metric.unit(ofForm: metric) {
    case .seconds: Column(metric, .quantity(Seconds.self))
    case .bytes: Column(metric, .quantity(Bytes.self))
    case .perSecond: Column(metric, .quantity(PerSecond.self))
    case .joules: Column(metric, .quantity(Joules.self))
    case .dollars: Column(metric, .quantity(Dollars.self))
    case .share, nil: Column(metric, .real(.significant(4)))
    }
  }

  static func cell(_ metric: String, _ value: Double?) -> Cell {
    guard let value, value.isFinite else { return .missing }
    return switch Metric.unit(ofForm: metric) {
    case .seconds: .quantity(Seconds(value))
    case .bytes: .quantity(Bytes(value))
    case .perSecond: .quantity(PerSecond(value))
    case .joules: .quantity(Joules(value))
    case .dollars: .quantity(Dollars(value))
    case .share, nil: .real(value)
    }
  }
}
