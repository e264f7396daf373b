public import TrainCore

/// Talks to the daemon, one connection for each request. Blocking, without any framework: a command must start fast.
public struct ControlClient: Sendable {
  /// Bytes of an answer that is held whole.
  public static let mostAnswer = 1 << 30

  public var path: String
  /// For each wait: for the connection, the answer's begin, and between its parts.
  public var timeout: Duration

  /// - Parameter path: the socket.
  public init(path: String, timeout: Duration = .seconds(60)) {
    self.path = path
    self.timeout = timeout
  }

  /// An answer's JSON, as it came.
  public struct Document: Sendable {
    public var bytes: [UInt8]

    public func json() throws(ControlError) -> JSON { try JSON.parse(bytes, what: "traind's answer") }
    public func value<Value: WireValue>(_ type: Value.Type = Value.self) throws(ControlError) -> Value {
      try Value(try json())
    }
  }

  /// - Throws: what the daemon answered, or `.unreachable`.
  public func get(_ path: String, _ query: [(String, String?)] = []) throws(ControlError) -> Document {
    Document(bytes: try open("GET", path, query).body(cap: Self.mostAnswer))
  }

  public func post(
    _ path: String, _ query: [(String, String?)] = [], _ request: (any WireValue)? = nil
  ) throws(ControlError) -> Document {
    try post(path, query, request.map { $0.json.wireBytes } ?? [], contentType: "application/json")
  }

  public func post(
    _ path: String, _ query: [(String, String?)], _ bytes: [UInt8], contentType: String
  ) throws(ControlError) -> Document {
    let exchange = try open("POST", path, query, body: bytes, contentType: contentType)
    return Document(bytes: try exchange.body(cap: Self.mostAnswer))
  }

  /// Begins a request and returns when its answer begins, with a status of success.
  /// - Parameter query: those with a value of `nil` are left out.
  public func open(
    _ method: String, _ path: String, _ query: [(String, String?)] = [], body: [UInt8]? = nil,
    contentType: String = "application/json"
  ) throws(ControlError) -> HTTPExchange {
    let parts = query.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded())" } }
    let target = parts.isEmpty ? path : "\(path)?\(parts.joined(separator: "&"))"
    let exchange = try HTTPExchange(
      socket: try ControlSocket(path: self.path, timeout: timeout), method: method, target: target, body: body,
      contentType: contentType, timeout: timeout)
    if (200..<300).contains(exchange.status) { return exchange }
    throw try refusal(exchange, what: "\(method) \(path)")
  }

  private func refusal(_ exchange: HTTPExchange, what: String) throws(ControlError) -> ControlError {
    let body = try exchange.body(cap: 1 << 20)
    if let json = try? JSON.parse(body, what: "an error"), let error = try? ControlError(json) { return error }
    return ControlError(
      ControlError.Kind(httpStatus: exchange.status), what, "traind answered with status \(exchange.status)",
      hint: "see journalctl -u traind")
  }
}
