public import TrainCore

public struct ApplyRequest: Hashable, Sendable, WireValue {
  /// Say what would be done, and do nothing.
  public var dryRun: Bool

  public init(dryRun: Bool = false) { self.dryRun = dryRun }

  public init(_ json: JSON) throws(ControlError) {
    let apply = try Members(json, of: "an apply request")
    try apply.only(["dry_run"])
    dryRun = try apply.optionalBool("dry_run") ?? false
  }

  public var json: JSON { ["dry_run": .bool(dryRun)] }
}
