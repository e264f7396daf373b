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

  /// Buffers as they come; together they must be exactly `length` bytes. A ``Fault`` that the sequence throws is what the
  /// call throws. The sequence is iterated once per call.
  public static func stream<Buffers: AsyncSequence & Sendable>(_ buffers: Buffers, length: Int64) -> HTTPBody
  where Buffers.Element == ByteBuffer {
    HTTPBody(
      content: .stream(length: length) { progress in
        .stream(WatchedBuffers(base: buffers, length: length, progress: progress), length: .known(length))
      })
  }
}

/// Passes buffers on and tells the progress when it waits for the far side and when for us.
struct WatchedBuffers<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == ByteBuffer {
  typealias Element = ByteBuffer
  let base: Base
  let length: Int64
  let progress: HTTPProgress

  func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), left: length, progress: progress) }

  struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator?
    var left: Int64
    let progress: HTTPProgress

    init(base: Base.AsyncIterator, left: Int64, progress: HTTPProgress) {
      self.base = base
      self.left = left
      self.progress = progress
    }

    mutating func next() async throws -> ByteBuffer? {
      guard left > 0 else {
        base = nil
        return nil
      }
      // Nobody waits for the answer any more: stop reading (and paying for bandwidth) in the middle.
      guard !progress.isOver else { throw CancellationError() }
      progress.begin()
      defer { progress.end() }
      do {
        guard let buffer = try await base?.next() else {
          throw Fault.permanent(.io, "a request's body ended \(left) bytes too early")
        }
        left -= Int64(buffer.readableBytes)
        guard left >= 0 else { throw Fault.permanent(.io, "a request's body is \(-left) bytes too long") }
        return buffer
      } catch {
        if let fault = error as? Fault { progress.fail(fault) }
        throw error
      }
    }
  }
}
