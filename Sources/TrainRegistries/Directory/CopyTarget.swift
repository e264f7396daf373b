internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// The file that a part is copied into.
final class CopyTarget: Sendable {
  private let descriptor: Descriptor

  init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  func write(_ buffer: ByteBuffer, at offset: Int64) throws(Fault) {
    let written = buffer.withUnsafeReadableBytes { bytes in
      Result { () throws(Fault) in try descriptor.write(bytes, at: offset) }
    }
    try written.get()
  }

  func synchronize() throws(Fault) { try descriptor.synchronize() }
}
