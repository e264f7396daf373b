public import TrainCore

/// The kinds of connection that this daemon was built with.
public struct ConnectionKinds: Hashable, Sendable {
  public var providers: [ConnectionSchema]
  public var registries: [ConnectionSchema]

  public init(providers: [ConnectionSchema], registries: [ConnectionSchema]) {
    self.providers = providers
    self.registries = registries
  }
}
