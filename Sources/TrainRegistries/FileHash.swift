internal import Crypto
internal import Glibc
internal import TrainCore
internal import TrainTransport

/// sha256 of a file, read in slices.
enum FileHash {
  /// Hex, lower case, and how many bytes there were.
  static func sha256(_ file: borrowing Descriptor) throws(Fault) -> (digest: String, bytes: Int64) {
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1024 * 1024)
    var offset: Int64 = 0
    while true {
      let at = offset
      let read = buffer.withUnsafeMutableBytes { space in
        Result { () throws(Fault) in try file.read(into: space, at: at) }
      }
      let count = try read.get()
      guard count > 0 else { break }
      buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      offset += Int64(count)
    }
    return (hash.finalize().hex, offset)
  }

  /// Fault `.corrupted` (permanent) when a file in the spool is not what it was when its digests were taken.
  static func check(_ file: Artifact.File, at path: String) throws(Fault) {
    let (digest, _) = try sha256(try Descriptor(opening: path, O_RDONLY))
    guard digest == file.digests.sha256 else {
      throw .spoolDamaged(path, found: digest, expected: file.digests.sha256)
    }
  }
}

extension Fault {
  static func spoolDamaged(_ path: String, found: String, expected: String) -> Fault {
    .permanent(
      .corrupted, "\(path) is not what the training produced: sha256 is \(found), expected \(expected)",
      hint: "the spool or its disk was damaged; retry the job to fetch the artifact again")
  }
}

extension Digest {
  var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
