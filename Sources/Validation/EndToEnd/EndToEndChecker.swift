import Costs
import Diagnostics
import Hardware
import NumericalMethods
import Quantities

/// Predicts decode rates of whole models and compares; errors are of tokens a second.
public struct EndToEndChecker: Sendable {
  static let family = "end-to-end"
  private let book: ServingBook
  private let profile: @Sendable (String) -> Profile?
  /// The model that a table's word means; nil for one that is not bundled.
  private let model: @Sendable (String) throws(Faults) -> StepSizes?

  public init(
    book: ServingBook, profile: @escaping @Sendable (String) -> Profile?,
    model: @escaping @Sendable (String) throws(Faults) -> StepSizes?
  ) {
    self.book = book
    self.profile = profile
    self.model = model
  }

  /// - Throws: `Faults` of a model's configuration or a profile; `NumericalFault` for a prediction
  ///   that is no number.
  public func check(_ tables: [MeasurementTable], into report: inout CheckReport) throws {
    for (file, table) in tables.enumerated() where !table.served.isEmpty || !table.runs.isEmpty {
      var sections: [Place: [Checker.Row]] = [:]
      var places: [Names: Outcome] = [:]
      for row in table.served {
        let names = Names(row.device, row.runtime, row.model, row.format.name)
        let outcome = try places[names] ?? self.outcome(names, row.format)
        places[names] = outcome
        switch outcome {
        case .skipped(let reason): report.skipped[reason, default: 0] += 1
        case .ready(let place, let setting):
          if let reason = setting.objection(to: row) {
            report.skipped[reason, default: 0] += 1
          } else {
            sections[place, default: []].append(setting.check(row, file: file))
          }
        }
      }
      for run in table.runs {
        switch try outcome(Names(run.device, run.runtime, run.model, run.format.name), run.format) {
        case .skipped(let reason): report.skipped[reason, default: 0] += run.requests.count
        case .ready(let place, let setting):
          let rows = setting.check(run, file: file)
          sections[place, default: []] += rows
          let short = run.requests.count - rows.count
          if short > 0 {
            report.skipped["eight tokens or fewer decoded: no rate", default: 0] += short
          }
        }
      }
      for (place, rows) in sections.sorted(by: { $0.key < $1.key }) {
        report.sections.append(
          Checker.Section(
            family: Self.family, kernel: place.runtime, device: place.device,
            origin: place.origin, isInherited: place.isInherited, rows: rows,
            summary: try ErrorSummary(rows.map(\.error)),
            roofline: try ErrorSummary(rows.map { $0.measured / $0.roofline - 1 })))
      }
    }
  }

  private struct Names: Hashable {
    var device: String
    var runtime: String
    var model: String
    var format: String
    init(_ device: String, _ runtime: String, _ model: String, _ format: String) {
      (self.device, self.runtime, self.model, self.format) = (device, runtime, model, format)
    }
  }

  private struct Place: Hashable, Comparable {
    var runtime: String
    var device: String
    var origin: String
    var isInherited: Bool
    static func < (a: Place, b: Place) -> Bool {
      (a.runtime, a.device) < (b.runtime, b.device)
    }
  }

  private enum Outcome {
    case skipped(String)
    case ready(Place, ServedSetting)
  }

  private func outcome(_ names: Names, _ format: WeightFormat) throws -> Outcome {
    guard let profile = profile(names.device) else {
      return .skipped("no profile for the device '\(names.device)'; name one with --profile")
    }
    guard let runtime = book.runtime(names.runtime) else {
      return .skipped("no coefficients for the runtime '\(names.runtime)'")
    }
    guard let (set, isInherited) = book.set(runtime, on: profile) else {
      return .skipped("no coefficients for \(runtime.name) on the class \(profile.deviceClass)")
    }
    guard let sizes = try model(names.model) else {
      return .skipped("no config of model '\(names.model)'")
    }
    let unit = set.unpack.isEmpty ? nil : "cpu"
    let form = StepForm(device: try DeviceFigures(profile, unit: unit), set: set)
    guard form.knows(format) else {
      return .skipped("no unpacking rate of the format \(format.name) on \(profile.name)")
    }
    let memory = profile.tiers.filter { $0.kind == .memory }.map(\.capacity.value.value).max() ?? 0
    return .ready(
      Place(
        runtime: runtime.name, device: profile.name, origin: set.name, isInherited: isInherited),
      ServedSetting(form: form, sizes: sizes, memory: memory))
  }
}
