internal import AsyncHTTPClient
public import NIOCore

/// An answer's body as it arrives. To be iterated once.
public struct HTTPBuffers: AsyncSequence, Sendable {
  public typealias Element = ByteBuffer
  let base: HTTPClientResponse.Body
  let progress: HTTPProgress

  public func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), progress: progress) }

  public struct Iterator: AsyncIteratorProtocol {
    var base: HTTPClientResponse.Body.AsyncIterator
    let progress: HTTPProgress
    var isConsumed = false

    init(base: HTTPClientResponse.Body.AsyncIterator, progress: HTTPProgress) {
      self.base = base
      self.progress = progress
    }

    public mutating func next() async throws -> ByteBuffer? {
      // What the consumer does between two buffers is not the far side's slowness.
      if isConsumed {
        progress.end()
        isConsumed = false
      }
      let buffer = try await base.next()
      progress.begin()
      isConsumed = true
      return buffer
    }
  }
}
