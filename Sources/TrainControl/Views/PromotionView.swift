public import TrainCore

/// The move of an alias to a version.
public struct PromotionView: Hashable, Sendable, WireValue {
  public var alias: String
  /// `moving moved refused`
  public var state: String
  /// What the alias points at since, or is to; the registry's own id. `nil` = nothing.
  public var target: String?
  /// What it pointed at before. `nil` = there was no such alias, or it was not looked at yet.
  public var replaced: String?
  /// Why it was not moved.
  public var message: String?

  /// The move under way, else the last one; `nil` = there was none.
  public init?(_ machine: PublicationMachine) {
    if case .promoting(_, _, let promotion) = machine.state {
      alias = promotion.alias
      state = "moving"
      target = promotion.target?.id
      replaced = promotion.asked?.replaced?.id
    } else if let outcome = machine.promotion {
      alias = outcome.alias
      state = outcome.refusal == nil ? "moved" : "refused"
      target = outcome.target?.id
      replaced = outcome.replaced?.id
      message = outcome.refusal
    } else {
      return nil
    }
  }

  public init(_ json: JSON) throws(ControlError) {
    let promotion = try Members(json, of: "a promotion")
    alias = try promotion.string("alias")
    state = try promotion.string("state")
    target = try promotion.optionalString("target")
    replaced = try promotion.optionalString("replaced")
    message = try promotion.optionalString("message")
  }

  public var json: JSON {
    [
      "alias": .string(alias), "state": .string(state), "target": .text(target), "replaced": .text(replaced),
      "message": .text(message),
    ]
  }
}
