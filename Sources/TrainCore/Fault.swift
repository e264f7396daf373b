/// The one error that crosses a port. Only ``disposition`` decides whether a call is tried again, never a text.
public struct Fault: Error, Hashable, Sendable, Codable {
  /// A stable word for what went wrong.
  public struct Code: RawRepresentable, Hashable, Sendable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The far side could not be reached, or said that it cannot answer now.
    public static let unavailable = Code(rawValue: "unavailable")
    /// No answer in time. Whether the call took effect is unknown.
    public static let timeout = Code(rawValue: "timeout")
    /// The far side asked us to slow down.
    public static let throttled = Code(rawValue: "throttled")
    /// Our credentials were refused, also after they were renewed.
    public static let unauthorized = Code(rawValue: "unauthorized")
    /// The far side understood and refuses.
    public static let rejected = Code(rawValue: "rejected")
    public static let notFound = Code(rawValue: "not-found")
    /// Something that is not ours is already there.
    public static let alreadyExists = Code(rawValue: "already-exists")
    /// An upload session is no longer known to the far side: a new one must be opened.
    public static let sessionExpired = Code(rawValue: "session-expired")
    /// The far side is at another offset than we are: ask it where, and go on from there.
    public static let misaligned = Code(rawValue: "misaligned")
    /// Bytes do not match their digest.
    public static let corrupted = Code(rawValue: "corrupted")
    /// No space is left, or a quota is used up.
    public static let diskFull = Code(rawValue: "disk-full")
    /// A local file operation failed.
    public static let io = Code(rawValue: "io")
    /// The far side's answer makes no sense.
    public static let badAnswer = Code(rawValue: "bad-answer")
    /// We were asked to stop.
    public static let interrupted = Code(rawValue: "interrupted")
    /// The backend cannot do this.
    public static let unsupported = Code(rawValue: "unsupported")
    public static let internalError = Code(rawValue: "internal-error")
  }

  public enum Disposition: Hashable, Sendable, Codable {
    /// The same call may succeed later; not before `after`, where the far side said so.
    case transient(after: Duration? = nil)
    /// The same call will fail again.
    case permanent
  }

  /// What is known of the effect of the call that failed.
  public enum Effect: String, Hashable, Sendable, Codable {
    /// It certainly did not happen (the connection was refused, the far side rejected the request).
    case none
    /// It may have happened (timeout, reset, an error of the far side).
    case unknown
  }

  public var code: Code
  /// What was being done, to what, and why it failed. No secrets.
  public var message: String
  /// What to do next.
  public var hint: String?
  public var disposition: Disposition
  public var effect: Effect

  public init(
    _ code: Code, _ message: String, hint: String? = nil, disposition: Disposition, effect: Effect = .unknown
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.disposition = disposition
    self.effect = effect
  }

  public static func transient(
    _ code: Code, _ message: String, hint: String? = nil, after: Duration? = nil, effect: Effect = .unknown
  ) -> Fault {
    Fault(code, message, hint: hint, disposition: .transient(after: after), effect: effect)
  }

  public static func permanent(_ code: Code, _ message: String, hint: String? = nil) -> Fault {
    Fault(code, message, hint: hint, disposition: .permanent, effect: .none)
  }

  public var isPermanent: Bool { disposition == .permanent }

  /// How long the far side asked us to wait, if it did.
  public var retryAfter: Duration? {
    switch disposition {
    case .transient(let after): after
    case .permanent: nil
    }
  }
}

extension Fault: CustomStringConvertible {
  public var description: String { "\(message) [\(code.rawValue)]" }
}
