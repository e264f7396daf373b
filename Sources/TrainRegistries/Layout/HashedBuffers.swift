internal import Crypto
internal import NIOCore
internal import Synchronization
internal import TrainCore
internal import TrainTransport

/// Digests of the bytes that pass by, taken on the way.
final class PassingDigests: Sendable {
  private struct State {
    var md5: Insecure.MD5?
    var crc32c = CRC32(CRC32.castagnoli)
  }

  private let state: Mutex<State>

  /// - Parameter md5: whether that one is wanted: it costs more than all the rest of sending.
  init(md5: Bool) { state = Mutex(State(md5: md5 ? Insecure.MD5() : nil)) }

  func update(_ buffer: ByteBuffer) {
    state.withLock { state in
      buffer.withUnsafeReadableBytes { bytes in
        state.md5?.update(bufferPointer: bytes)
        state.crc32c.update(bytes)
      }
    }
  }

  /// Hex, lower case; `nil` when it was not wanted.
  var md5: String? { state.withLock { $0.md5?.finalize().hex } }
  var crc32c: UInt32 { state.withLock { $0.crc32c.value } }
}

/// Buffers as they come, hashed before they are handed on.
struct HashedBuffers<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == ByteBuffer {
  typealias Element = ByteBuffer
  let base: Base
  let digests: PassingDigests

  func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), digests: digests) }

  struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let digests: PassingDigests
    let blocking = Blocking()

    init(base: Base.AsyncIterator, digests: PassingDigests) {
      self.base = base
      self.digests = digests
    }

    mutating func next() async throws -> ByteBuffer? {
      guard let buffer = try await base.next() else { return nil }
      let digests = digests
      try await blocking.perform { () throws(Fault) in digests.update(buffer) }
      return buffer
    }
  }
}
