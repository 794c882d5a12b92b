import Hardware
import Policies
import Quantities
import Workloads

/// What a user asks: this model by this method on this machine for this work.
///
/// Names are not resolved yet; `ScenarioFiles` finds the profile, runtime, model and traces.
public struct Scenario: Sendable {
  public var name: String
  public var variant: String
  public var hardware: String
  /// What differs from the profile of that name.
  public var figures: [FigureChange] = []
  public var runtime: String
  public var model: ModelReference
  public var precision: PrecisionChoice
  public var workload: RequestShape
  public var method: MethodChoice
  /// Seed of every random draw.
  public var seed: UInt64

  public init(
    name: String, variant: String, hardware: String, runtime: String, model: ModelReference,
    precision: PrecisionChoice, workload: RequestShape, method: MethodChoice, seed: UInt64
  ) {
    self.name = name
    self.variant = variant
    self.hardware = hardware
    self.runtime = runtime
    self.model = model
    self.precision = precision
    self.workload = workload
    self.method = method
    self.seed = seed
  }
}

/// A bundled model or file by name; an inline map is read where it stands.
public enum ModelReference: Sendable, Hashable {
  case named(String)
  case inline
}

/// The number formats of what is stored and computed.
public struct PrecisionChoice: Sendable, Hashable {
  public var weights: Precision
  public var kv: Precision
  public var activations: Precision
  public init(weights: Precision, kv: Precision, activations: Precision) {
    self.weights = weights
    self.kv = kv
    self.activations = activations
  }
}
