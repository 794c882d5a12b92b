import Quantities

/// A device or machine as the engines see it: what computes, what holds data, what connects them.
///
/// Read next: `Tier`, `Link`, `ComputeUnit`; the YAML form is in `docs/formats/profile.md`.
public struct Profile: Sendable, Hashable {
  /// The classes from which an unmeasured device inherits coefficients.
  public enum Class: String, CaseIterable, Sendable {
    case datacentreGPU = "datacentre-gpu"
    case consumerGPU = "consumer-gpu"
    case embeddedGPU = "embedded-gpu"
    case phone
    case unifiedMemory = "unified-memory"
    case server
    case singleBoard = "single-board"
    case storage
    case accelerator
  }

  /// The name a scenario uses, equal to the file's: `nvidia-a100-sxm-80gb`.
  public var name: String
  public var title: String
  /// What tables of measurements call the device: `NVIDIA A100-SXM4-80GB`, `a100_sxm`.
  public var aliases: [String]
  public var deviceClass: Class
  public var computeUnits: [ComputeUnit]
  public var tiers: [Tier]
  public var links: [Link]
  public var kernels: [KernelCoefficients]
  /// Fitted coefficients of cost forms, of this device and of the parts of a machine.
  public var calibrations: [KernelCalibration]
  public var power: Power?
  public var price: Price?
  /// Source keys and what each stands for.
  public var sources: [String: String]

  public init(
    name: String, title: String, aliases: [String] = [], deviceClass: Class,
    computeUnits: [ComputeUnit], tiers: [Tier], links: [Link], kernels: [KernelCoefficients],
    calibrations: [KernelCalibration] = [], power: Power?, price: Price?,
    sources: [String: String]
  ) {
    self.name = name
    self.title = title
    self.aliases = aliases
    self.deviceClass = deviceClass
    self.computeUnits = computeUnits
    self.tiers = tiers
    self.links = links
    self.kernels = kernels
    self.calibrations = calibrations
    self.power = power
    self.price = price
    self.sources = sources
  }

  public func tier(_ name: String) -> Tier? { tiers.first { $0.name == name } }
  public func computeUnit(_ name: String) -> ComputeUnit? {
    computeUnits.first { $0.name == name }
  }
  /// The link that joins two tiers directly, in either order.
  public func link(_ a: String, _ b: String) -> Link? {
    links.first { ($0.far == a && $0.near == b) || ($0.far == b && $0.near == a) }
  }
}

/// Electrical power of the whole machine of a profile.
public struct Power: Sendable, Hashable {
  /// With clocks up and nothing running, as between the kernels of a step.
  public var idle: Figure<Watts>
  /// The most the device may draw for long.
  public var limit: Figure<Watts>
  /// What the device draws while its limit holds it; nil where nobody read it.
  public var sustained: Figure<Watts>?
  public init(idle: Figure<Watts>, limit: Figure<Watts>, sustained: Figure<Watts>? = nil) {
    self.idle = idle
    self.limit = limit
    self.sustained = sustained
  }

  /// `sustained`, or the limit.
  public var mostSustained: Watts { sustained?.value ?? limit.value }
}

/// What the device costs: to buy, to rent, or both.
public struct Price: Sendable, Hashable {
  public var purchase: Figure<Dollars>?
  public var rent: Figure<DollarsPerSecond>?
  public init(purchase: Figure<Dollars>?, rent: Figure<DollarsPerSecond>?) {
    self.purchase = purchase
    self.rent = rent
  }

  /// Dollars a second: rent, or three years of continuous use of what was bought; nil without both.
  public var perSecond: Double? {
    let threeYears = 3 * 365.25 * 24 * 3600.0
    return rent?.value.value ?? purchase.map { $0.value.value / threeYears }
  }
}
