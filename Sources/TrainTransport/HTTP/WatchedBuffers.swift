internal import NIOCore
internal import TrainCore

/// Passes buffers on and tells the progress when it waits for the far side and when for us.
struct WatchedBuffers<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == ByteBuffer {
  typealias Element = ByteBuffer
  /// Bytes of a piece. Nothing seems to move while one is on its way, so they begin small (with the usual timeout, a
  /// link of 1 KiB/s still gets through), and grow where they go fast: each costs a turn of the event loop.
  static var sizes: ClosedRange<Int> { (64 * 1024)...(512 * 1024) }

  let base: Base
  let length: Int64
  let progress: HTTPProgress

  func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), left: length, progress: progress) }

  struct Iterator: AsyncIteratorProtocol {
    private var base: Base.AsyncIterator?
    private var left: Int64
    private let progress: HTTPProgress
    private var rest = ByteBuffer()
    private var size = WatchedBuffers.sizes.lowerBound

    init(base: Base.AsyncIterator, left: Int64, progress: HTTPProgress) {
      self.base = base
      self.left = left
      self.progress = progress
    }

    mutating func next() async throws -> ByteBuffer? {
      guard left > 0 || rest.readableBytes > 0 else {
        base = nil
        return nil
      }
      // Nobody waits for the answer any more: stop reading (and paying for bandwidth) in the middle.
      guard !progress.isOver else { throw CancellationError() }
      let last = progress.move()
      if last < .milliseconds(50) {
        size = Swift.min(2 * size, WatchedBuffers.sizes.upperBound)
      } else if last > .seconds(1) {
        size = WatchedBuffers.sizes.lowerBound
      }
      if rest.readableBytes == 0 { rest = try await fetched() }
      let piece = rest.readSlice(length: Swift.min(rest.readableBytes, size))
      // Gives the storage back to whoever made it.
      if rest.readableBytes == 0 { rest = ByteBuffer() }
      return piece
    }

    private mutating func fetched() async throws -> ByteBuffer {
      progress.begin()
      defer { progress.end() }
      do {
        while true {
          guard let buffer = try await base?.next() else {
            throw Fault.permanent(.io, "a request's body ended \(left) bytes too early")
          }
          left -= Int64(buffer.readableBytes)
          guard left >= 0 else { throw Fault.permanent(.io, "a request's body is \(-left) bytes too long") }
          if buffer.readableBytes > 0 { return buffer }
        }
      } catch {
        if let fault = error as? Fault { progress.fail(fault) }
        throw error
      }
    }
  }
}
