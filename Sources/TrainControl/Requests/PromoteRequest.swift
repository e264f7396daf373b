public import TrainCore

/// Move an alias of a registry to what a job published, or back to where it was.
public struct PromoteRequest: Hashable, Sendable, WireValue {
  /// Only in this registry; `nil` = in every one that holds the job's version and has an alias for it.
  public var registry: String?
  /// `nil` = the one that the spec names.
  public var alias: String?
  /// Undo the job's last move instead.
  public var back: Bool

  public init(registry: String? = nil, alias: String? = nil, back: Bool = false) {
    self.registry = registry
    self.alias = alias
    self.back = back
  }

  public init(_ json: JSON) throws(ControlError) {
    let promote = try Members(json, of: "a promote request")
    try promote.only(["registry", "alias", "back"])
    registry = try promote.optionalString("registry")
    alias = try promote.optionalString("alias")
    back = try promote.optionalBool("back") ?? false
    if back && alias != nil {
      throw ControlError(
        .usage, "read a promote request", "'alias' and 'back' exclude one another",
        hint: "back moves the alias that was moved last")
    }
  }

  public var json: JSON { ["registry": .text(registry), "alias": .text(alias), "back": .bool(back)] }
}
