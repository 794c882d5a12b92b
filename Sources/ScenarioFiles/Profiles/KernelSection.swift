import Diagnostics
import Hardware
import Quantities

/// Reads `kernels`: calibrated coefficients under keys `family/kernel`.
struct KernelSection {
  let book: SourceBook

  func kernels(_ section: MapReader) -> [KernelCoefficients] {
    section.keys.compactMap { key in
      guard let value = section.value(key) else { return nil }
      let names = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard names.count == 2, names.allSatisfy({ !$0.isEmpty }) else {
        value.refuse(
          .conflict(key: "kernels", found: key, mend: "write family/kernel, as gemv/cublas-bf16"))
        return nil
      }
      return value.map().flatMap { kernel(family: names[0], kernel: names[1], $0) }
    }
  }

  private func kernel(
    family: String, kernel: String, _ map: MapReader
  ) -> KernelCoefficients? {
    defer { map.finish() }
    let figures = FigureReader(map, book: book)
    let fixed = figures.required("fixed", in: Limits.delay)
    let group = figures.optional("group", in: Limits.delay)
    let perRow = figures.optional("per-row", in: Limits.delay)
    let byRows = figures.curve("by-rows", CurveReader.added)
    let byWidth = figures.curve("by-width", CurveReader.added)
    let share = figures.required("bandwidth-share", "a share of peak bandwidth") {
      CurveReader.share($0)
    }
    let arithmetic = figures.optional("arithmetic-share") { CurveReader.share($0) }
    let rate = figures.optional("program-rate", in: Limits.rate)
    let perCore = figures.optional("programs-per-core") { $0.number(in: 0.01...1024) }
    let spread = map.value("spread")?.map().flatMap(spread)
    let error = map.value("error")?.number(in: 0...10)
    let rows = map.value("rows")?.integer(in: 1...100_000_000)
    guard let fixed, let share else { return nil }
    return KernelCoefficients(
      family: family, kernel: kernel, fixed: fixed, group: group, perRow: perRow,
      byRows: byRows, byWidth: byWidth, bandwidthShare: share, arithmeticShare: arithmetic,
      programRate: rate, programsPerCore: perCore, spread: spread, error: error, rows: rows)
  }

  /// Rows that are each worked on by all cores.
  private func spread(_ map: MapReader) -> KernelCoefficients.Spread? {
    defer { map.finish() }
    let figures = FigureReader(map, book: book)
    let fixed = figures.required("fixed", in: Limits.delay)
    let row = figures.required("row", in: Limits.delay)
    let rate = figures.required("rate", in: Limits.rate)
    guard let fixed, let row, let rate else { return nil }
    return KernelCoefficients.Spread(fixed: fixed, row: row, rate: rate)
  }
}
