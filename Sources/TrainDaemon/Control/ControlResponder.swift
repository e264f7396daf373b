internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import TrainControl
internal import TrainCore

/// From a request to its answer: who asks, what for, within which limits.
struct ControlResponder: Sendable {
  var operations: any DaemonOperations
  var access: AccessRules
  var limits: ControlLimits
  var stop: StopSignal
  var logger: Logger

  /// The answer was written; the rest of the request is not worth reading. Only after answers that fit a socket's
  /// buffer:
  /// what is not in there yet is lost.
  struct CloseConnection: Error {}

  /// Answers one request of `peer`, and closes the connection where the request can't be read to its end.
  func respond(
    to request: Request, of peer: Peer, deadline: RequestDeadline, writer: consuming ResponseWriter
  ) async throws {
    var answer: Response
    var status = HTTPResponse.Status.ok
    var close = false
    var allowed: String?
    do throws(Refusal) {
      answer = try await handle(request, of: peer, deadline: deadline)
    } catch {
      status = HTTPResponse.Status(code: error.status ?? error.error.kind.httpStatus)
      close = error.close
      allowed = error.allowed
      answer = .json(error.error.json)
    }
    var headers = HTTPFields()
    if close || stop.isStopped || request.headers[.connection]?.lowercased() == "close" {
      headers[.connection] = "close"
    }
    if let allowed { headers[.allow] = allowed }
    try await write(answer, status: status, headers: headers, deadline: deadline, writer: writer)
    if close { throw CloseConnection() }
    // For the next request, or for the peer to close.
    deadline.arm(limits.request)
  }

  private struct Refusal: Error {
    var error: ControlError
    var status: Int?
    var close = false
    var allowed: String?

    init(_ error: ControlError, status: Int? = nil, close: Bool = false, allowed: String? = nil) {
      self.error = error
      self.status = status
      self.close = close
      self.allowed = allowed
    }
  }

  private func handle(
    _ request: Request, of peer: Peer, deadline: RequestDeadline
  ) async throws(Refusal) -> Response {
    let line = "\(request.method.rawValue) \(request.uri.path.prefix(200))"
    let rank = access.rank(of: peer)
    guard rank > .nobody else {
      throw Refusal(
        ControlError(
          .notPermitted, line, "user \(peer.uid) may not use this socket",
          hint: "join group traind (to operate) or traind-observers (to read), then log in again"), close: true)
    }
    guard let target = RequestTarget(request.head.path ?? "") else {
      throw Refusal(ControlError(.usage, line, "the request's target is not well-formed"), close: true)
    }
    let (route, parameters) = try find(request.method.rawValue, target, line: line)
    guard rank >= route.needs else {
      throw Refusal(
        ControlError(
          .notPermitted, line, "user \(peer.uid) may only read", hint: "join group traind, then log in again"),
        close: true)
    }
    let query = try check(target.query, of: route, line: line)
    let body = try await collect(request, cap: route.body(limits), line: line)
    deadline.disarm()
    let actor = Operator(uid: peer.uid, user: route.needs == .operator ? SystemNames.user(peer.uid) : "")
    let call = Call(
      line: line, parameters: parameters, query: query,
      repeated: target.query.filter { route.repeated.contains($0.name) }, body: body, actor: actor, limits: limits,
      stop: stop)
    do throws(ControlError) {
      let answer = try await route.handle(call, operations)
      log(route, line, actor, nil)
      return answer
    } catch {
      var error = error
      if error.what.isEmpty { error.what = line }
      log(route, line, actor, error)
      throw Refusal(error)
    }
  }

  private func find(
    _ method: String, _ target: RequestTarget, line: String
  ) throws(Refusal) -> (Route, [String: String]) {
    var allowed: [String] = []
    for route in Route.all {
      guard let parameters = route.match(target.path) else { continue }
      if route.method.rawValue == method { return (route, parameters) }
      allowed.append(route.method.rawValue)
    }
    if allowed.isEmpty {
      let path = target.path.joined(separator: "/")
      let hint = Nearest.name(to: path, among: Route.all.map(\.path)).map { "did you mean \($0)?" }
      throw Refusal(ControlError(.notFound, line, "there is no such route", hint: hint ?? "see Docs/openapi.yaml"))
    }
    let methods = allowed.joined(separator: ", ")
    throw Refusal(
      ControlError(.usage, line, "this route does not take \(method)", hint: "it takes \(methods)"), status: 405,
      allowed: methods)
  }

  private func check(
    _ query: [(name: String, value: String)], of route: Route, line: String
  ) throws(Refusal) -> [String: String] {
    var known: [String: String] = [:]
    for (name, value) in query where !route.repeated.contains(name) {
      guard route.query.contains(name) else {
        let hint = Nearest.hint(to: name, among: route.query + route.repeated, noun: "query parameter")
        throw Refusal(ControlError(.usage, line, "unknown query parameter '\(name.prefix(100))'", hint: hint))
      }
      guard known.updateValue(value, forKey: name) == nil else {
        throw Refusal(ControlError(.usage, line, "query parameter '\(name)' is given twice", hint: "give it once"))
      }
    }
    return known
  }

  private func collect(_ request: Request, cap: Int, line: String) async throws(Refusal) -> [UInt8] {
    let tooLarge = Refusal(
      ControlError(
        .tooLarge, line, "the body is larger than the cap of \(cap) bytes",
        hint: "a spec is a few hundred bytes; was it the right file?"), close: true)
    let length = request.headers[.contentLength].flatMap { Int($0) }
    if let length, length > cap { throw tooLarge }
    var body: [UInt8] = []
    if let length, length > 0 { body.reserveCapacity(length) }
    do {
      for try await buffer in request.body {
        guard body.count + buffer.readableBytes <= cap else { throw tooLarge }
        body.append(contentsOf: buffer.readableBytesView)
      }
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(ControlError(.usage, line, "the request's body is broken off"), close: true)
    }
    return body
  }

  /// Changes are logged with their actor; that somebody looked is not worth it.
  private func log(_ route: Route, _ line: String, _ actor: Operator, _ error: ControlError?) {
    var metadata: Logger.Metadata = ["request": "\(line)", "actor_uid": "\(actor.uid)"]
    if let error {
      metadata["code"] = "\(error.kind.rawValue)"
      metadata["why"] = "\(error.why)"
    }
    if route.needs == .operator { metadata["actor"] = "\(actor.user)" }
    let isWorthIt = route.needs == .operator && !route.isStep
    logger.log(
      level: isWorthIt ? .info : .debug, error == nil ? "request served" : "request refused", metadata: metadata)
  }

  private func write(
    _ answer: Response, status: HTTPResponse.Status, headers: HTTPFields, deadline: RequestDeadline,
    writer: consuming ResponseWriter
  ) async throws {
    var headers = headers
    switch answer {
    case .json(let json):
      let body = ByteBuffer(bytes: json.wireBytes + [0x0A])
      headers[.contentType] = "application/json"
      headers[.contentLength] = String(body.readableBytes)
      try await write(body, status: status, headers: headers, deadline: deadline, writer: writer)
    case .text(let text, let contentType):
      let body = ByteBuffer(string: text)
      headers[.contentType] = contentType
      headers[.contentLength] = String(body.readableBytes)
      try await write(body, status: status, headers: headers, deadline: deadline, writer: writer)
    case .stream(let stream):
      headers[.contentType] = stream.contentType
      if let length = stream.length { headers[.contentLength] = String(length) }
      deadline.arm(limits.write)
      do {
        var body: any ResponseBodyWriter = try await writer.writeHead(
          HTTPResponse(status: status, headerFields: headers))
        // What there is to write may have to be waited for.
        deadline.disarm()
        try await stream.body { buffer in
          deadline.arm(limits.write)
          try await body.write(buffer)
          deadline.disarm()
        }
        deadline.arm(limits.write)
        try await body.finish(nil)
      } catch {
        await stream.close()
        throw error
      }
      await stream.close()
    }
  }

  private func write(
    _ body: ByteBuffer, status: HTTPResponse.Status, headers: HTTPFields, deadline: RequestDeadline,
    writer: consuming ResponseWriter
  ) async throws {
    deadline.arm(limits.write)
    let head = HTTPResponse(status: status, headerFields: headers)
    try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
  }
}
