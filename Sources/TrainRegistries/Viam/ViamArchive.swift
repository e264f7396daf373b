internal import Crypto
internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// What goes to Viam for a release: an archive as it is, or the files as `tar.gz`, which is what machines unpack.
enum ViamArchive: Sendable {
  case asIs(SingleFileLayout)
  case packed(TarLayout)

  struct Digests: Hashable, Sendable {
    var crc32c: UInt32
    /// Hex, lower case.
    var md5: String
  }

  /// Fault `.rejected` where nothing can be sent.
  init(_ release: Release) throws(Fault) {
    let files = release.artifact.files
    guard !files.isEmpty else { throw .permanent(.rejected, "the artifact of \(release.job) has no files") }
    if files.count == 1, [".tar.gz", ".tgz"].contains(where: files[0].path.lowercased().hasSuffix), files[0].bytes > 0 {
      self = .asIs(SingleFileLayout(path: release.location(of: files[0]), bytes: files[0].bytes))
    } else {
      self = .packed(TarLayout(release.artifact, in: release.directory))
    }
  }

  /// Of the archive.
  var bytes: Int64 {
    switch self {
    case .asIs(let layout): return layout.bytes
    case .packed(let layout):
      let largest = Int64(FileSlices.largest)
      var bytes = Int64(StoredGzip.head.readableBytes) + StoredGzip.tailLength
      var offset: Int64 = 0
      while offset < layout.bytes {
        let length = layout.piece(at: offset).length
        bytes += length / largest * StoredGzip.length(of: largest) + StoredGzip.length(of: length % largest)
        offset += length
      }
      return bytes
    }
  }

  /// The digests where they are known without reading.
  func digests(of artifact: Artifact) -> Digests? {
    switch self {
    case .asIs:
      artifact.files.first.map { Digests(crc32c: $0.digests.crc32c, md5: $0.digests.md5.lowercased()) }
    case .packed: nil
    }
  }

  /// Hands the archive over, buffer by buffer (a MiB and its framing at most), comparing every file with the artifact's
  /// digest on the way: Fault `.corrupted` (permanent) when one differs, before the last of it is handed over.
  @discardableResult
  func pass(
    for artifact: Artifact, pace: (any Pace)?, _ take: (ByteBuffer) async throws -> Void
  ) async throws -> Digests {
    switch self {
    case .asIs(let layout):
      return try await Self.pass(over: layout, isPacked: false, for: artifact, pace, take).digests
    case .packed(let layout):
      try await take(StoredGzip.head)
      var sums = try await Self.pass(over: layout, isPacked: true, for: artifact, pace, take)
      let tail = StoredGzip.tail(crc32: sums.data.value, bytes: layout.bytes)
      try await take(tail)
      sums.add(tail)
      return sums.digests
    }
  }

  private static func pass(
    over layout: some UploadLayout, isPacked: Bool, for artifact: Artifact, _ pace: (any Pace)?,
    _ take: (ByteBuffer) async throws -> Void
  ) async throws -> Sums {
    let blocking = Blocking()
    var sums = Sums()
    if isPacked { sums.add(StoredGzip.head) }
    var offset: Int64 = 0
    while offset < layout.bytes {
      let (piece, start, length) = layout.piece(at: offset)
      var file = SHA256()
      // The last buffer of a file waits until the file has proved to be the right one.
      var ready: ByteBuffer?
      for try await buffer in layout.buffers(start..<(start + length), pace: pace) {
        if let ready { try await take(ready) }
        let before = (sums, file)
        let after = try await blocking.perform { () throws(Fault) in
          var (sums, file) = before
          buffer.withUnsafeReadableBytes {
            file.update(bufferPointer: $0)
            if isPacked { sums.data.update($0) }
          }
          let framed = isPacked ? StoredGzip.blocks(buffer) : buffer
          sums.add(framed)
          return (sums, file, framed)
        }
        (sums, file, ready) = after
      }
      if case .file(let index, let path) = piece {
        let expected = artifact.files[index].digests.sha256
        let found = file.finalize().hex
        guard found == expected else { throw Fault.spoolDamaged(path, found: found, expected: expected) }
      }
      if let ready { try await take(ready) }
      offset = start + length
    }
    return sums
  }

  private struct Sums {
    /// Of what is packed.
    var data = CRC32(CRC32.ieee)
    private var crc32c = CRC32(CRC32.castagnoli)
    private var md5 = Insecure.MD5()

    mutating func add(_ buffer: ByteBuffer) {
      buffer.withUnsafeReadableBytes {
        crc32c.update($0)
        md5.update(bufferPointer: $0)
      }
    }

    var digests: Digests { Digests(crc32c: crc32c.value, md5: md5.finalize().hex) }
  }
}
