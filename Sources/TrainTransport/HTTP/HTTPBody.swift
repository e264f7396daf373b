internal import AsyncHTTPClient
public import NIOCore
internal import TrainCore

/// What a request sends. Its length is always known: nothing is ever sent with `Transfer-Encoding: chunked`.
public struct HTTPBody: Sendable {
  enum Content: Sendable {
    case none
    case bytes(ByteBuffer)
    case stream(length: Int64, @Sendable (HTTPProgress) -> HTTPClientRequest.Body)
  }

  let content: Content

  public static let none = HTTPBody(content: .none)

  public static func bytes(_ buffer: ByteBuffer) -> HTTPBody { HTTPBody(content: .bytes(buffer)) }

  public static func text(_ text: String) -> HTTPBody { .bytes(ByteBuffer(string: text)) }

  /// Buffers as they come; together they must be exactly `length` bytes. A ``Fault`` that the sequence throws is what
  /// the call throws. The sequence is iterated once per call.
  public static func stream<Buffers: AsyncSequence & Sendable>(_ buffers: Buffers, length: Int64) -> HTTPBody
  where Buffers.Element == ByteBuffer {
    HTTPBody(
      content: .stream(length: length) { progress in
        .stream(WatchedBuffers(base: buffers, length: length, progress: progress), length: .known(length))
      })
  }
}
