import Diagnostics
import Hardware
import Models
import Traces

/// A scenario with every name resolved: what the engines are given.
public struct ResolvedScenario: Sendable {
  public var scenario: Scenario
  public var profile: Profile
  /// Finds other devices, whose calibrated kernels may stand in for those that the profile lacks.
  public var donors: @Sendable () throws(Faults) -> [Profile]
  public var runtime: Runtime
  public var model: Model
  /// The model that proposes tokens, where the method has one.
  public var draft: Model?
  /// The traces that decide sizes, recorded or drawn.
  public var pages: PageTrace?
  public var experts: ExpertTrace?
  public var neurons: NeuronTrace?
  /// The device of servers that compute prompts, where it is another.
  public var promptServer: Server?
  /// Where the keys of the scenario stand, for faults that only the engines find.
  public var places: KeyPlaces
  public var file: String { places.file }

  /// A device and where its calibrated kernels may come from.
  public struct Server: Sendable {
    public var profile: Profile
    public var donors: @Sendable () throws(Faults) -> [Profile]

    public init(
      profile: Profile, donors: @escaping @Sendable () throws(Faults) -> [Profile]
    ) {
      self.profile = profile
      self.donors = donors
    }
  }

  public init(
    scenario: Scenario, profile: Profile,
    donors: @escaping @Sendable () throws(Faults) -> [Profile] = { () throws(Faults) in [] },
    runtime: Runtime, model: Model, draft: Model? = nil, pages: PageTrace?,
    experts: ExpertTrace?, neurons: NeuronTrace?, places: KeyPlaces
  ) {
    self.scenario = scenario
    self.profile = profile
    self.donors = donors
    self.runtime = runtime
    self.model = model
    self.draft = draft
    self.pages = pages
    self.experts = experts
    self.neurons = neurons
    self.places = places
  }
}
