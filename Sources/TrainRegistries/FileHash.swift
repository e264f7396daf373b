internal import Crypto
internal import Glibc
internal import TrainCore
internal import TrainTransport

/// The sha256 and CRC-32C of a file, read in slices: no thread of the pool is held for longer than one.
struct FileHash: Sendable {
  private static let slice = 1024 * 1024

  /// The sha256 in hex, lower case.
  var digest: String
  var crc32c: UInt32
  var bytes: Int64

  /// Of what has been read so far.
  struct Running: Sendable {
    private var sha256 = SHA256()
    private var crc32c = CRC32(CRC32.castagnoli)
    private(set) var bytes: Int64 = 0

    mutating func update(_ buffer: UnsafeRawBufferPointer) {
      sha256.update(bufferPointer: buffer)
      crc32c.update(buffer)
      bytes += Int64(buffer.count)
    }

    func finish() -> FileHash { FileHash(digest: sha256.finalize().hex, crc32c: crc32c.value, bytes: bytes) }
  }

  /// - Parameter range: what of the file is read; less where it ends before.
  static func take(of file: SharedDescriptor, _ range: Range<Int64> = 0..<Int64.max) async throws(Fault) -> FileHash {
    let blocking = Blocking()
    var hash = Running()
    while true {
      let before = hash
      let offset = range.lowerBound + before.bytes
      let wanted = Int(min(Int64(slice), range.upperBound - offset))
      hash = try await blocking.perform { () throws(Fault) in
        try file.update(before, from: offset, count: wanted)
      }
      guard hash.bytes > before.bytes else { return hash.finish() }
    }
  }

  /// Of a range of the file at `path`.
  static func take(at path: String, _ range: Range<Int64> = 0..<Int64.max) async throws(Fault) -> FileHash {
    let open = try await Blocking().perform { () throws(Fault) in
      SharedDescriptor(try Descriptor(opening: path, O_RDONLY))
    }
    return try await take(of: open, range)
  }

  /// How long a far side may take that reads so many bytes and hashes them before it answers: 60 s, and 5 s for each
  /// GiB.
  static func idleTimeout(for bytes: Int64) -> Duration {
    .seconds(60) + .milliseconds(bytes * 5000 / (1024 * 1024 * 1024))
  }

  /// Fault `.corrupted` (permanent) when a file in the spool is not what it was when its digests were taken.
  static func check(_ file: Artifact.File, at path: String) async throws(Fault) {
    let found = try await take(at: path).digest
    guard found == file.digests.sha256 else {
      throw .spoolDamaged(path, found: found, expected: file.digests.sha256)
    }
  }
}

extension SharedDescriptor {
  fileprivate func update(
    _ hash: FileHash.Running, from offset: Int64, count: Int
  ) throws(Fault) -> FileHash.Running {
    var hash = hash
    let result = withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) { buffer in
      Result { () throws(Fault) in
        let count = try read(into: buffer, at: offset)
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
    try result.get()
    return hash
  }
}

extension Fault {
  static func spoolDamaged(_ path: String, found: String, expected: String) -> Fault {
    .permanent(
      .corrupted, "\(path) is not what the training produced: sha256 is \(found), expected \(expected)",
      hint: "the spool or its disk was damaged; retry the job to fetch the artifact again")
  }
}

extension Sequence<UInt8> {
  /// Two digits for each byte, lower case.
  var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
