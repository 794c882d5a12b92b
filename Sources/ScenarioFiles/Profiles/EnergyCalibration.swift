import Hardware
import Quantities
import Validation

extension Profile {
  /// The source that stands beside figures that `lacuna calibrate` fitted to power readings.
  static func energySource(of name: String) -> String { "power-readings-\(name)" }

  /// Lays the energies of the profile's own calibration `power/board` over those that its file
  /// states, so that every use of the profile (a simulated step, a predicted reading) has the same.
  mutating func takeCalibratedEnergies() {
    let own = calibrations.first {
      $0.device == name && $0.family == PowerFit.family && $0.kernel == PowerFit.kernel
    }
    guard let own, let u = computeUnits.firstIndex(where: { $0.name == "gpu" }) else { return }
    let source = Profile.energySource(of: name)
    sources[source] = "\(own.source); `lacuna calibrate`, \(own.date)"
    func figure<Value>(_ coefficient: String, _ make: (Double) -> Value) -> Figure<Value>? {
      own.coefficients.first { $0.name == coefficient }
        .map { Figure(make($0.value), source: source, basis: .measured) }
    }
    if let watts = figure("cores-W", { Watts($0) }) { computeUnits[u].activePower = watts }
    if let joules = figure("operation-pJ", { JoulesPerFlop($0 * 1e-12) }) {
      computeUnits[u].energyPerFlop = joules
    }
    if let joules = figure("memory-pJ-byte", { JoulesPerByte($0 * 1e-12) }),
      let t = tiers.firstIndex(where: { $0.name == computeUnits[u].memory })
    {
      tiers[t].energyPerByte = joules
    }
    if let joules = figure("cache-pJ-byte", { JoulesPerByte($0 * 1e-12) }),
      let t = tiers.lastIndex(where: { $0.kind == .cache })
    {
      tiers[t].energyPerByte = joules
    }
    if let watts = figure("sustained-W", { Watts($0) }), var power {
      power.sustained = watts
      self.power = power
    }
  }
}
