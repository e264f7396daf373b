public import TrainCore

/// Some of a training's own output.
public struct LogView: Hashable, Sendable, WireValue {
  /// Ends in a line break unless it is empty.
  public var text: String
  /// Where the next page starts; stays good across restarts of the daemon.
  public var next: String?
  /// There is more now.
  public var hasMore: Bool
  /// Nothing will ever be added after this page and those that follow it.
  public var ended: Bool

  public init(text: String, next: String?, hasMore: Bool, ended: Bool) {
    self.text = text
    self.next = next
    self.hasMore = hasMore
    self.ended = ended
  }

  public init(_ json: JSON) throws(ControlError) {
    let page = try Members(json, of: "a page of a log")
    text = try page.string("text")
    next = try page.optionalString("next")
    hasMore = try page.optionalBool("more") ?? false
    ended = try page.optionalBool("ended") ?? false
  }

  public var json: JSON {
    [
      "schema": wireSchema, "text": .string(text), "next": .text(next), "more": .bool(hasMore),
      "ended": .bool(ended),
    ]
  }
}
