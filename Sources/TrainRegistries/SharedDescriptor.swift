internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// An open file that several pieces of work on the pool use, one after the other.
final class SharedDescriptor: Sendable {
  private let descriptor: Descriptor

  init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Fault) -> Int {
    try descriptor.read(into: buffer, at: offset)
  }

  func write(_ buffer: ByteBuffer, at offset: Int64) throws(Fault) {
    let written = buffer.withUnsafeReadableBytes { bytes in
      Result { () throws(Fault) in try descriptor.write(bytes, at: offset) }
    }
    try written.get()
  }

  func synchronize() throws(Fault) { try descriptor.synchronize() }
}
