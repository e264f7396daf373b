public import TrainCore

/// An upload that nobody resumes: what it holds at its registry is still to be freed.
public struct LeftoverView: Hashable, Sendable, WireValue {
  public var registry: String
  /// What is there, as the registry names it; empty until a try has failed.
  public var holdings: [String]
  /// When it was given up.
  public var since: Timestamp
  /// Tries that failed.
  public var tries: Int
  /// Why the last one did.
  public var message: String?
  public var nextTry: Timestamp?

  public init(_ leftover: Leftover) {
    registry = leftover.registry
    holdings = leftover.holdings
    since = leftover.since
    tries = leftover.call?.tries ?? 0
    message = leftover.call?.fault.message
    nextTry = leftover.call?.until
  }

  public init(_ json: JSON) throws(ControlError) {
    let leftover = try Members(json, of: "a leftover")
    registry = try leftover.string("registry")
    holdings = try leftover.array("holdings").compactMap(\.string)
    since = try leftover.time("since")
    tries = Int(try leftover.optionalInt("tries") ?? 0)
    message = try leftover.optionalString("message")
    nextTry = try leftover.optionalTime("next_try")
  }

  public var json: JSON {
    [
      "registry": .string(registry), "holdings": .array(holdings.map(JSON.string)), "since": .time(since),
      "tries": .integer(tries), "message": .text(message), "next_try": .time(nextTry),
    ]
  }
}
