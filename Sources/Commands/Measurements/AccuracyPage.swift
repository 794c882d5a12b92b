import Hardware
import Quantities
import ResultTables
import Validation

/// `docs/accuracy.md`: how each family is modelled, and how far its predictions are off.
struct AccuracyPage {
  let report: CheckReport
  let pairs: SpeedupPairs
  let profiles: [Profile]
  /// The command that writes the page again.
  let command: String
  /// Where the plots lie, relative to the page; nil for none.
  let plots: String?

  func text() throws -> String {
    var out = "# Accuracy\n\nWritten by `\(command)`; do not edit.\n\n"
    out += "Errors are in percent of what was measured. `unseen` is the mean error on shape groups "
    out +=
      "that the fit had not\nseen (five folds by shape group); it is the figure to believe for "
    out += "a new shape. `all` is the mean over all rows with\nthe coefficients that are shipped. "
    out += "`roofline` is the larger of flops over peak and bytes over bandwidth; for power, "
    out += "the board's limit.\n\n"
    out += table(report.sections)
    if let share = pairs.directionShare, let ratio = try pairs.ratioErrors() {
      out += "\nOf \(pairs.pairs.count) pairs of a sparse row and its dense twin the faster one is "
      out +=
        "told rightly for \(percent(share)) %; the speedup\nis off by \(percent(ratio.median)) "
      out += "% in the median and \(percent(ratio.mean)) % on average.\n"
    }
    for family in Set(report.sections.map(\.family)).sorted() { out += self.family(family) }
    out += "\n## Devices left out\n\n\(AccuracyNotes.leftOut)\n" + misses()
    if !report.skipped.isEmpty {
      out += "\n## Rows left out\n\n| rows | because |\n|---|---|\n"
      for (reason, count) in report.skipped.sorted(by: { $0.key < $1.key }) {
        out += "| \(count) | \(reason) |\n"
      }
    }
    return out
  }

  private func table(_ sections: [Checker.Section]) -> String {
    var out =
      "| family | kernel | device | rows | unseen | all | median | p90 | bias | roofline |\n"
    out += "|---|---|---|---|---|---|---|---|---|---|\n"
    for section in sections {
      let own = section.isInherited ? nil : calibration(section)
      out += "| \(section.family) | \(section.kernel) | \(section.device)"
      out += section.isInherited ? " (from \(section.origin))" : ""
      out += " | \(section.rows.count) | \(own.map { percent($0.error) } ?? "-")"
      out += " | \(percent(section.summary.mean)) | \(percent(section.summary.median))"
      out += " | \(percent(section.summary.p90)) | \(percent(section.summary.bias))"
      out += " | \(percent(section.roofline.mean)) |\n"
    }
    return out
  }

  private func family(_ name: String) -> String {
    let sections = report.sections.filter { $0.family == name }
    var out = "\n## \(name)\n"
    if let notes = AccuracyNotes.notes[name] {
      out += "\n\(notes.model)\n\nKnown misses: \(notes.misses)\n"
    }
    if let plots {
      let file = name.replacing(":", with: "-")
      out += "\n![predicted against measured](\(plots)/\(file)-scatter.svg)\n"
      if sections.contains(where: \.isOfTime) {
        out += "![error by size](\(plots)/\(file)-errors.svg)\n"
      }
    }
    var calibrations: [KernelCalibration] = []
    for section in sections where !section.isInherited {
      // All kernels of a board share its energies.
      guard let one = calibration(section), !calibrations.contains(one) else { continue }
      calibrations.append(one)
    }
    if !calibrations.isEmpty {
      out +=
        "\n| kernel | device | coefficient | value | 95 % from | to |\n|---|---|---|---|---|---|\n"
      for one in calibrations {
        for c in one.coefficients {
          out += "| \(one.kernel) | \(one.device) | \(c.name) | \(short(c.value)) | "
          out += c.low == c.high ? "held | held |\n" : "\(short(c.low)) | \(short(c.high)) |\n"
        }
      }
    }
    return out + worst(sections)
  }

  private func worst(_ sections: [Checker.Section]) -> String {
    let rows = sections.flatMap { section in section.rows.map { (section, $0) } }
      .sorted { (abs($0.1.error), $1.1.line) > (abs($1.1.error), $0.1.line) }
    guard !rows.isEmpty else { return "" }
    var out = "\n| worst rows | line | measured | predicted | error | bound by |\n"
    out += "|---|---|---|---|---|---|\n"
    for (_, row) in rows.prefix(5) {
      let file = report.files[row.file].split(separator: "/").suffix(2).joined(separator: "/")
      out += "| \(file) | \(row.line) | \(row.shown(row.measured)) | "
      out += "\(row.shown(row.predicted)) | "
      out += "\(percent(row.error)) | \(row.bound) |\n"
    }
    return out
  }

  /// Every shipped calibration that is over the widest target, of tables that do not ship too.
  private func misses() -> String {
    let found = profiles.flatMap { profile in
      profile.calibrations.filter { $0.device == profile.name && $0.error > Self.widestTarget }
    }.sorted { ($1.error, $0.device, $0.kernel) < ($0.error, $1.device, $1.kernel) }
    var out =
      "\n## Calibrations over \(percent(Self.widestTarget)) %\n\nOf unseen shape groups, of "
    out += "all tables that were fitted, shipped or not.\n\n"
    out += "| family | kernel | device | rows | unseen | p90 |\n|---|---|---|---|---|---|\n"
    for one in found {
      out += "| \(one.family) | \(one.kernel) | \(one.device) | \(one.rows) | "
      out += "\(percent(one.error)) | \(percent(one.p90)) |\n"
    }
    return out
  }

  /// Of the accuracy that families are held to, the widest.
  private static let widestTarget = 0.08

  private func calibration(_ section: Checker.Section) -> KernelCalibration? {
    let (family, kernel) =
      section.isOfTime
      ? (section.family, section.kernel) : (PowerFit.family, PowerFit.kernel)
    return profiles.lazy.flatMap(\.calibrations).first {
      $0.device == section.origin && $0.family == family && $0.kernel == kernel
    }
  }

  private func percent(_ share: Double) -> String { Decimal.fixed(share * 100, decimals: 1) }
  private func short(_ value: Double) -> String { Decimal.significant(value, digits: 3) }
}
