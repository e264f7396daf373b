internal import Crypto
internal import Glibc
public import TrainCore

/// The sha256 of a file, read 1 MiB at a time.
public enum FileDigest {
  /// Hex. Fault `.io` or `.notFound` when it cannot be read.
  public static func sha256(ofFile path: String) throws(Fault) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault("open", path) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    var hash = SHA256()
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw fault("read", path) }
      if count == 0 { return hex(hash.finalize()) }
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  static func hex(_ digest: some Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func fault(_ doing: String, _ path: String) -> Fault {
    let code = errno
    return .permanent(
      code == ENOENT ? .notFound : .io, "could not \(doing) \(path): \(String(cString: strerror(code)))")
  }
}
