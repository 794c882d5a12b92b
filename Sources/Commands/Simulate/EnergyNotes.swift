import Simulation

/// Lines under the summary that say what its energy and cost hold, or why there is none.
struct EnergyNotes {
  let reports: [Report]
  init(_ reports: [Report]) { self.reports = reports }

  var lines: [String] { included + capped + unavailable + cost }

  private var included: [String] {
    let shares = reports.compactMap(\.energy)
    guard !shares.isEmpty else { return [] }
    let paths = unique(shares.flatMap { $0.paths.map(\.through) })
    let bytes = paths.isEmpty ? "" : " and bytes through \(paths.joined(separator: ", "))"
    let cores = shares.contains { $0.cores > .zero } ? "busy cores, " : ""
    let without = unique(shares.flatMap(\.unstated))
    let unstated =
      without.isEmpty
      ? "" : "bytes through \(without.joined(separator: ", ")), which state none, and "
    return [
      "Energy: idle power, \(cores)arithmetic\(bytes); \(unstated)what else the machine draws is "
        + "left out."
    ]
  }

  private var capped: [String] {
    let names = reports.filter { $0.energy?.capped == true }.map(\.variant)
    guard !names.isEmpty else { return [] }
    return ["Held to the board's power limit: \(names.joined(separator: ", "))."]
  }

  private var unavailable: [String] {
    let names = unique(reports.filter { $0.energy == nil }.map(\.hardware))
    return names.map { "Energy is not available: the profile \($0) states no power." }
  }

  private var cost: [String] {
    unique(
      reports.compactMap { report in
        report.costBasis.map { basis in
          switch basis {
          case .rent: "Cost: rent of \(report.hardware) while it decodes a million tokens."
          case .purchase:
            "Cost: the price of \(report.hardware), spread over three years of "
              + "continuous use."
          }
        }
      })
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: [String] = []
    for name in names where !seen.contains(name) { seen.append(name) }
    return seen
  }
}
