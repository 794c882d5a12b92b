import Costs
import Diagnostics
import Programs

extension ReportBuilder {
  /// The calibrated kernels behind the prices of the prompt and the steps, each once.
  func calibrated() throws(Faults) -> [Report.CalibratedKernel] {
    var kernels: [Report.CalibratedKernel] = []
    var calls: [[PricedCall]] = []
    var sizes: [[KernelCall]] = []
    for (call, size) in pricedCalls() {
      let kernel = Report.CalibratedKernel(call)
      let place = kernels.firstIndex(of: kernel) ?? kernels.count
      if place == kernels.count {
        kernels.append(kernel)
        calls.append([])
        sizes.append([])
      }
      calls[place].append(call)
      sizes[place].append(size)
    }
    for place in kernels.indices {
      let band = try costs.band(of: calls[place], at: sizes[place])
      kernels[place].band = band.map { $0.low...$0.high }
    }
    return kernels
  }

  /// Every call that a calibrated kernel prices, with its sizes at the mean count of its column.
  private func pricedCalls() -> [(PricedCall, KernelCall)] {
    var seen: Set<[Int]> = []
    var found: [(PricedCall, KernelCall)] = []
    for origin in origins where seen.insert([origin.block, origin.operation]).inserted {
      guard let call = priced.resolvedOperation(at: origin).call else { continue }
      let column = priced.operation(at: origin).column
      let mean = column.map { priced.program.columns[$0].mean(layer: origin.layer) } ?? 1
      found.append((call, call.call(mean)))
    }
    return found + prefill.calls.map { ($0, $0.call.example) }
  }
}

extension Report.CalibratedKernel {
  fileprivate init(_ call: PricedCall) {
    let entry = call.entry
    self.init(
      family: call.family, kernel: entry.calibration.kernel, device: entry.origin,
      isInherited: entry.isInherited, error: entry.calibration.error, band: nil,
      source: entry.calibration.source, date: entry.calibration.date)
  }
}
