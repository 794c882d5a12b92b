extension RequestTraffic {
  /// Servers that compute prompts and hand their KV to those that decode.
  public struct Apart: Sendable, Hashable {
    /// How many compute prompts; `RequestTraffic.replicas` decode.
    public var promptReplicas: Int
    /// The link of the profile over which KV goes.
    public var link: String
    /// Their profile; nil is that of the servers that decode.
    public var hardware: String?
    /// Their limits; nil are those of the servers that decode.
    public var stepTokens: Int?
    public var sequences: Int?
    public var kvTokens: Int?

    public init(promptReplicas: Int = 1, link: String) {
      self.promptReplicas = promptReplicas
      self.link = link
    }
  }
}
