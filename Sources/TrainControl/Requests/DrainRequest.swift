public import TrainCore

public struct DrainRequest: Hashable, Sendable, WireValue {
  /// Start nothing new; `false` = go on as usual.
  public var draining: Bool

  public init(draining: Bool = true) { self.draining = draining }

  public init(_ json: JSON) throws(ControlError) {
    let drain = try Members(json, of: "a drain request")
    try drain.only(["draining"])
    draining = try drain.optionalBool("draining") ?? true
  }

  public var json: JSON { ["draining": .bool(draining)] }
}
