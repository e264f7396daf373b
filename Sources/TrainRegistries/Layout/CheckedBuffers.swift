internal import NIOCore
internal import Synchronization
internal import TrainCore

/// The CRC-32C of the bytes that pass by, taken on the way; of the last time, where they pass again.
final class PassingCRC: Sendable {
  private let crc = Mutex(CRC32(CRC32.castagnoli))

  func begin() { crc.withLock { $0 = CRC32(CRC32.castagnoli) } }

  func update(_ buffer: ByteBuffer) {
    crc.withLock { crc in buffer.withUnsafeReadableBytes { crc.update($0) } }
  }

  var value: UInt32 { crc.withLock { $0.value } }
}

/// Buffers as they come, taken into a CRC before they are handed on.
struct CheckedBuffers<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == ByteBuffer {
  typealias Element = ByteBuffer
  let base: Base
  let crc: PassingCRC

  func makeAsyncIterator() -> Iterator {
    crc.begin()
    return Iterator(base: base.makeAsyncIterator(), crc: crc)
  }

  struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let crc: PassingCRC

    mutating func next() async throws -> ByteBuffer? {
      let buffer = try await base.next()
      if let buffer { crc.update(buffer) }
      return buffer
    }
  }
}
