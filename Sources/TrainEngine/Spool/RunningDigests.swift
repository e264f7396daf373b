import Crypto
import TrainCore

/// All digests that anybody will want of a file, taken in one pass.
struct RunningDigests {
  private var sha256 = SHA256()
  private var md5 = Insecure.MD5()
  private var crc32c = CRC32(CRC32.castagnoli)
  private var crc32 = CRC32(CRC32.ieee)
  private(set) var bytes: Int64 = 0

  mutating func update(_ buffer: UnsafeRawBufferPointer) {
    sha256.update(bufferPointer: buffer)
    md5.update(bufferPointer: buffer)
    crc32c.update(buffer)
    crc32.update(buffer)
    bytes += Int64(buffer.count)
  }

  func finish() -> FileDigests {
    FileDigests(
      sha256: Hex.text(sha256.finalize()), md5: Hex.text(md5.finalize()), crc32c: crc32c.value, crc32: crc32.value)
  }
}

/// Lower-case hexadecimal.
public enum Hex {
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// sha256 of a text, as identities and several files' digests are given.
  public static func sha256(of text: String) -> String { self.text(SHA256.hash(data: Array(text.utf8))) }
}
