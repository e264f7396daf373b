internal import Glibc
public import HTTPTypes
internal import Hummingbird
internal import Logging
public import NIOCore
internal import NIOPosix

/// A real HTTP/1.1 server on a free port of 127.0.0.1, for one test.
public enum LoopbackServer {
  /// Serves while `work` runs; gives it the server's base address, as `http://127.0.0.1:1234`.
  public static func serve<Answer: Sendable>(
    _ respond: @escaping @Sendable (LoopbackRequest) async throws -> LoopbackReply,
    while work: @Sendable (String) async throws -> Answer
  ) async throws -> Answer {
    let (ports, port) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "loopback")
    logger.logLevel = .critical
    let application = Application(
      responder: LoopbackResponder(respond: respond),
      configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) }, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { port.finish() }
        try await application.run()
      }
      defer { group.cancelAll() }
      for await number in ports { return try await work("http://127.0.0.1:\(number)") }
      throw LoopbackFailure()
    }
  }
}

struct LoopbackFailure: Error {}

/// One request as the server sees it. Its body is read on demand.
public struct LoopbackRequest: Sendable {
  public var method: String
  public var path: String
  public var query: [String: String]
  public var headers: HTTPFields
  let body: RequestBody
  let channel: any Channel

  public func header(_ name: String) -> String? {
    HTTPField.Name(name).flatMap { headers[$0] }
  }

  /// All of the body.
  public func read() async throws -> ByteBuffer {
    try await body.collect(upTo: 256 * 1024 * 1024)
  }

  /// The first bytes of the body, at least `count` of them unless it is shorter; the rest stays unread.
  public func read(atLeast count: Int) async throws -> ByteBuffer {
    var read = ByteBuffer()
    for try await buffer in body {
      read.writeImmutableBuffer(buffer)
      if read.readableBytes >= count { break }
    }
    return read
  }
}

/// What the server does with a request.
public enum LoopbackReply: Sendable {
  case answer(Int, headers: [(String, String)] = [], body: ByteBuffer = ByteBuffer())
  /// A head that promises `promised` bytes, then only `body`, then the end of the connection.
  case truncated(Int, promised: Int, body: ByteBuffer)
  /// No answer: the connection is reset.
  case reset
  /// No answer, ever (until the client gives up or the server ends).
  case silence
}

struct LoopbackContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

struct LoopbackResponder: HTTPResponder {
  typealias Context = LoopbackContext
  let respond: @Sendable (LoopbackRequest) async throws -> LoopbackReply

  func respond(to request: Request, context: LoopbackContext) async throws -> Response {
    let query = Dictionary(
      request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { _, last in last })
    let seen = LoopbackRequest(
      method: request.method.rawValue, path: request.uri.path, query: query, headers: request.headers,
      body: request.body, channel: context.channel)
    switch try await respond(seen) {
    case .answer(let status, let headers, let body):
      return Response(status: .init(code: status), headers: fields(headers), body: .init(byteBuffer: body))
    case .truncated(let status, let promised, let body):
      let channel = context.channel
      return Response(
        status: .init(code: status), headers: fields([("content-length", "\(promised)")]),
        body: .init { writer in
          try await writer.write(body)
          try? await channel.close()
        })
    case .reset:
      try await Self.reset(context.channel)
      return Response(status: .ok)
    case .silence:
      try await context.channel.closeFuture.get()
      return Response(status: .ok)
    }
  }

  private func fields(_ headers: [(String, String)]) -> HTTPFields {
    var fields = HTTPFields()
    for (name, value) in headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return fields
  }

  private static func reset(_ channel: any Channel) async throws {
    // No lingering: the close becomes a reset.
    try? await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    try? await channel.close()
  }
}
