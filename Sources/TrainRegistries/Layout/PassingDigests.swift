internal import Crypto
internal import NIOCore
internal import Synchronization
internal import TrainCore
internal import TrainTransport

/// The digests of a layout, taken of its bytes as they are sent, in their order. What passes again is passed over; what
/// never passed here, as after a restart, is read at the end.
final class PassingDigests: Sendable {
  private struct Sums {
    var sha256 = SHA256()
    var crc32c = CRC32(CRC32.castagnoli)
  }

  private let md5 = Mutex(Insecure.MD5())
  private let sums = Mutex(Sums())
  /// How many bytes they are of, with those that are being worked on.
  private let taken = Mutex<Int64>(0)
  private let work = Mutex<PendingWork?>(nil)

  /// Takes a buffer while its owner goes on with it; waits for the one before.
  /// - Parameter offset: where the buffer begins in the layout. No two may be taken at once.
  func take(_ buffer: ByteBuffer, at offset: Int64) async {
    await work.withLock { $0 }?.end()
    let start = taken.withLock { $0 }
    let end = offset + Int64(buffer.readableBytes)
    guard offset <= start, start < end else { return }
    var buffer = buffer
    buffer.moveReaderIndex(forwardBy: Int(start - offset))
    taken.withLock { $0 = end }
    // Side by side: the MD5 alone takes twice as long as the others.
    let begun = PendingWork([
      { [buffer, self] in md5.withLock { buffer.update(&$0) } },
      { [buffer, self] in
        sums.withLock { sums in
          buffer.update(&sums.sha256)
          buffer.withUnsafeReadableBytes { sums.crc32c.update($0) }
        }
      },
    ])
    work.withLock { $0 = begun }
  }

  /// Of the whole layout. Fault `.corrupted` (permanent) when the artifact's files are not what they were,
  /// `.sessionExpired` when only what was sent was not.
  func finish(_ layout: some UploadLayout, of release: Release) async throws(Fault) -> LayoutDigests {
    do {
      var offset = taken.withLock { $0 }
      for try await buffer in layout.buffers(offset..<layout.bytes, pace: nil) {
        await take(buffer, at: offset)
        offset += Int64(buffer.readableBytes)
      }
      await work.withLock { $0 }?.end()
    } catch let fault as Fault {
      throw fault
    } catch {
      throw .transient(.interrupted, "taking the digest of the archive was interrupted", effect: .none)
    }
    let digests = sums.withLock { (sha256: $0.sha256.finalize().hex, crc32c: $0.crc32c.value) }
    guard digests.crc32c == layout.crc32c(of: release.artifact) else {
      for file in release.artifact.files { try await FileHash.check(file, at: release.location(of: file)) }
      throw .transient(
        .sessionExpired, "other bytes of \(release.job) were sent than are there now: the upload is begun again",
        effect: .none)
    }
    return LayoutDigests(md5: md5.withLock { $0.finalize().hex }, sha256: digests.sha256)
  }
}

/// The digests of a whole layout. Hex, lower case.
struct LayoutDigests: Hashable, Sendable {
  var md5: String
  var sha256: String
}

/// Buffers of a layout, taken into its digests before they are handed on.
struct DigestedBuffers<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == ByteBuffer {
  typealias Element = ByteBuffer
  let base: Base
  let digests: PassingDigests
  /// Where the first one begins.
  let offset: Int64

  func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), digests: digests, offset: offset)
  }

  struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let digests: PassingDigests
    var offset: Int64

    init(base: Base.AsyncIterator, digests: PassingDigests, offset: Int64) {
      self.base = base
      self.digests = digests
      self.offset = offset
    }

    mutating func next() async throws -> ByteBuffer? {
      guard let buffer = try await base.next() else { return nil }
      await digests.take(buffer, at: offset)
      offset += Int64(buffer.readableBytes)
      return buffer
    }
  }
}

extension ByteBuffer {
  fileprivate func update(_ hash: inout some HashFunction) {
    withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
  }

  fileprivate var crc32c: UInt32 {
    var crc = CRC32(CRC32.castagnoli)
    withUnsafeReadableBytes { crc.update($0) }
    return crc.value
  }
}

extension UploadLayout {
  /// What the artifact's own digests say of the layout's bytes.
  fileprivate func crc32c(of artifact: Artifact) -> UInt32 {
    var pieces: [(crc: UInt32, bytes: Int64)] = []
    var offset: Int64 = 0
    while offset < bytes {
      let (piece, start, length) = piece(at: offset)
      let crc =
        switch piece {
        case .file(let index, _): artifact.files[index].digests.crc32c
        case .bytes(let buffer): buffer.crc32c
        }
      pieces.append((crc, length))
      offset = start + length
    }
    return CRC32.castagnoli.joined(pieces)
  }
}
