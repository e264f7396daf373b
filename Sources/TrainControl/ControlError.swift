public import TrainCore

/// What went wrong with a request, the same for the daemon, a client and a script.
/// On the wire: `{"error": {"code": "...", "message": "...", "hint": "...", "retry_after_ms": 7000}}`.
public struct ControlError: Error, Hashable, Sendable {
  public var kind: Kind
  /// What was being done, to what: `cancel hardhat@1.4.0`.
  public var what: String
  /// Why it failed.
  public var why: String
  /// What to do next.
  public var hint: String?
  /// How long a far side asked to be left alone.
  public var retryAfter: Duration?

  public init(_ kind: Kind, _ what: String, _ why: String, hint: String? = nil) {
    self.kind = kind
    self.what = what
    self.why = why
    self.hint = hint
  }

  /// Stable words; each has one HTTP status and one exit code.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// It cannot be done as things are: the job is in the wrong state, the platform refused.
    case failed
    /// The request makes no sense as it was written.
    case usage
    /// A spec that cannot be used.
    case badSpec = "bad-spec"
    /// A spec or version that contradicts what is there.
    case conflict
    case notFound = "not-found"
    case tooLarge = "too-large"
    case notPermitted = "not-permitted"
    /// The daemon's configuration is wrong.
    case badConfiguration = "bad-configuration"
    /// It may work later: busy, draining, a far side that is down.
    case tryAgain = "try-again"
    /// The daemon could not be reached, or went away. Made by the client.
    case unreachable
    /// The daemon or the backend has no such thing.
    case unsupported
    case internalError = "internal-error"

    public var httpStatus: Int {
      switch self {
      case .failed, .conflict: 409
      case .usage: 400
      case .badSpec: 422
      case .notFound: 404
      case .tooLarge: 413
      case .notPermitted: 403
      case .badConfiguration, .internalError: 500
      case .tryAgain, .unreachable: 503
      case .unsupported: 501
      }
    }

    /// The exit code of `trainctl`.
    public var exitCode: Int32 {
      switch self {
      case .failed, .unsupported, .internalError: 1
      case .usage: 64
      case .badSpec, .conflict, .tooLarge: 65
      case .notFound: 66
      case .unreachable: 69
      case .tryAgain: 75
      case .notPermitted: 77
      case .badConfiguration: 78
      }
    }

    /// For an answer whose body says nothing.
    public init(httpStatus: Int) {
      switch httpStatus {
      case 400, 405: self = .usage
      case 403: self = .notPermitted
      case 404: self = .notFound
      case 409: self = .failed
      case 413, 431: self = .tooLarge
      case 422: self = .badSpec
      case 501: self = .unsupported
      case 408, 429, 502, 503, 504: self = .tryAgain
      default: self = .internalError
      }
    }
  }

  public static func noSuchJob(_ job: JobID, what: String) -> ControlError {
    ControlError(.notFound, what, "there is no job '\(job)'", hint: "see trainctl list --all")
  }

  /// What a port threw, as an answer to the one who asked.
  public init(_ fault: Fault, what: String) {
    let kind: Kind =
      switch fault.code {
      case .notFound: .notFound
      case .unsupported: .unsupported
      case .alreadyExists: .conflict
      default: fault.isPermanent ? .failed : .tryAgain
      }
    self.init(kind, what, fault.message, hint: fault.hint)
    retryAfter = fault.retryAfter
  }
}

extension ControlError: WireValue {
  public init(_ json: JSON) throws(ControlError) {
    let body = try Members(json, of: "an error").object("error")
    let code = try body.string("code")
    self.init(
      Kind(rawValue: code) ?? .internalError, try body.optionalString("what") ?? "", try body.string("message"),
      hint: try body.optionalString("hint"))
    retryAfter = try body.optionalInt("retry_after_ms").map { .milliseconds($0) }
  }

  public var json: JSON {
    var error: JSON = [
      "code": .string(kind.rawValue), "what": .string(what), "message": .string(why), "hint": .text(hint),
    ]
    if let retryAfter { error["retry_after_ms"] = .int(Int64(retryAfter / .milliseconds(1))) }
    return ["error": error]
  }
}

extension ControlError: CustomStringConvertible {
  public var description: String { what.isEmpty ? why : "\(what): \(why)" }
}
