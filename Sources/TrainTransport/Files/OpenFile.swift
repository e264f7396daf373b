internal import Glibc
internal import NIOCore
internal import Synchronization
internal import TrainCore

/// The open file behind ``FileSlices`` and its few buffers, which are used again once their reader has let go of them.
final class OpenFile: Sendable {
  private struct Ring {
    var buffers = [ByteBuffer](repeating: ByteBuffer(), count: 3)
    var turn = 0
  }

  private let descriptor: Descriptor
  private let ring = Mutex(Ring())

  init(_ path: String) throws(Fault) {
    descriptor = try Descriptor(opening: path, O_RDONLY)
  }

  func read(_ count: Int, at offset: Int64) throws(Fault) -> ByteBuffer {
    try ring.withLock { (ring) throws(Fault) in
      let turn = ring.turn
      ring.turn = (turn + 1) % ring.buffers.count
      // Keeps the storage when nobody else holds it, takes a new one otherwise.
      ring.buffers[turn].clear(minimumCapacity: count)
      var fault: Fault?
      let read = ring.buffers[turn].writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
        do throws(Fault) {
          return try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: space[..<count]), at: offset)
        } catch {
          fault = error
          return 0
        }
      }
      if let fault { throw fault }
      guard read == count else {
        throw .permanent(
          .io,
          "\(descriptor.name) is shorter than it was: it ends at byte \(offset + Int64(read)), "
            + "expected at least \(offset + Int64(count))", hint: "something changed the file while it was being sent")
      }
      return ring.buffers[turn]
    }
  }
}
