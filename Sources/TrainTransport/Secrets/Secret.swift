/// A value that must never be shown. It prints as `<redacted>` everywhere; only ``reveal()`` gives it away.
public struct Secret: Sendable, Hashable {
  private let payload: String

  public init(_ payload: String) { self.payload = payload }

  /// The secret itself: for the wire, never for a message, a log or an error.
  public func reveal() -> String { payload }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var debugDescription: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)](), displayStyle: .struct) }
}
