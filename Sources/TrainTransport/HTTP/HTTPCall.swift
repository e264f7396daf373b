public import NIOHTTP1
public import TrainCore

/// One HTTP request. Secrets stay apart from the other headers, so that printing a call never shows one.
public struct HTTPCall: Sendable {
  public var method: HTTPMethod
  /// Absolute, `http` or `https`. May be signed: faults name its origin only.
  public var url: String
  public var headers: HTTPHeaders
  public var body: HTTPBody
  /// Where a debug build can die before it, and after its answer.
  public var point: CrashPoint
  /// What the call is for, as "list the models": faults begin with "could not list the models".
  public var purpose: String
  /// How long nothing may move in either direction before the call is given up; `nil` = the transport's own.
  /// Time spent on our side (bandwidth limit, disk, consumer) does not count.
  public var idleTimeout: Duration?
  /// The most bytes of an answer that are taken into memory.
  public var responseLimit: Int

  private(set) var secretHeaders: [SecretHeader] = []

  struct SecretHeader: Sendable {
    var name: String
    var prefix: String
    var secret: Secret
  }

  public init(
    _ method: HTTPMethod, _ url: String, point: CrashPoint, purpose: String, headers: HTTPHeaders = [:],
    body: HTTPBody = .none, idleTimeout: Duration? = nil, responseLimit: Int = 1024 * 1024
  ) {
    self.method = method
    self.url = url
    self.point = point
    self.purpose = purpose
    self.headers = headers
    self.body = body
    self.idleTimeout = idleTimeout
    self.responseLimit = responseLimit
  }

  /// Sends `<name>: <prefix><secret>`. The secret is also struck out of any excerpt of the answer.
  public mutating func add(_ secret: Secret, as name: String, prefix: String = "") {
    secretHeaders.append(SecretHeader(name: name, prefix: prefix, secret: secret))
  }
}
