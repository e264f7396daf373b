public import TrainCore

/// Publish again what was refused, or end a publication that is stuck. At most one of the two is given.
public struct PublishRequest: Hashable, Sendable, WireValue {
  /// Only to this registry; `nil` = every one that failed.
  public var registry: String?
  /// The registry whose publication is to end.
  public var giveUp: String?

  public init(registry: String? = nil, giveUp: String? = nil) {
    self.registry = registry
    self.giveUp = giveUp
  }

  public init(_ json: JSON) throws(ControlError) {
    let publish = try Members(json, of: "a publish request")
    try publish.only(["registry", "give_up"])
    registry = try publish.optionalString("registry")
    giveUp = try publish.optionalString("give_up")
    if registry != nil && giveUp != nil {
      throw ControlError(
        .usage, "read a publish request", "'registry' and 'give_up' exclude one another", hint: "give one of them")
    }
  }

  public var json: JSON { ["registry": .text(registry), "give_up": .text(giveUp)] }
}
