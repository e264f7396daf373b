public import NIOCore
internal import NIOHTTP1

/// One request as the server sees it. Its body is read on demand.
public struct LoopbackRequest: Sendable {
  public var method: String
  /// Without the query.
  public var path: String
  public var query: [String: String]
  let headers: HTTPHeaders
  let body: AsyncThrowingStream<ByteBuffer, any Error>

  init(_ head: HTTPRequestHead, body: AsyncThrowingStream<ByteBuffer, any Error>) {
    method = head.method.rawValue
    headers = head.headers
    self.body = body
    let halves = head.uri.split(separator: "?", maxSplits: 1)
    path = halves.first.map(String.init) ?? ""
    query = [:]
    for pair in halves.dropFirst().joined().split(separator: "&") {
      let words = pair.split(separator: "=", maxSplits: 1)
      if let name = words.first { query[String(name)] = words.count > 1 ? String(words[1]) : "" }
    }
  }

  /// The same request, its body another.
  init(_ other: LoopbackRequest, body: AsyncThrowingStream<ByteBuffer, any Error>) {
    method = other.method
    path = other.path
    query = other.query
    headers = other.headers
    self.body = body
  }

  public func header(_ name: String) -> String? { headers.first(name: name) }

  /// All of the body.
  public func read() async throws -> ByteBuffer { try await read(atLeast: .max) }

  /// The first bytes of the body, at least `count` of them unless it is shorter.
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
  case truncated(Int, headers: [(String, String)] = [], promised: Int, body: ByteBuffer)
  /// No answer: the connection is reset.
  case reset
  /// No answer, ever (until the client gives up or the server ends).
  case silence
}
