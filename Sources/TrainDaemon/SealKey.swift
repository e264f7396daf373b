internal import Glibc
internal import TrainCore
internal import TrainTransport

/// A state directory's own key, made once: under it lie, in the store, addresses that are secrets, where their
/// connection has none to seal them with. It is beside the store and not in it, so a copy of the store does not tell
/// them.
enum SealKey {
  /// One that cannot be kept holds for this process: what is sealed under it is asked for anew after a restart.
  static func take(from stateDirectory: String, _ boundary: Boundary) -> Secret {
    let path = "\(stateDirectory)/seal.key"
    if let kept = try? read(path) { return kept }
    let made = random()
    try? boundary.cross(.daemonMakeSealKey) { () throws(Fault) in
      let file = try Descriptor(opening: "\(path).new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
      let written = Array(made.utf8).withUnsafeBytes { bytes in
        Result { () throws(Fault) in try file.write(bytes, at: 0) }
      }
      try written.get()
      try file.synchronize()
      guard rename("\(path).new", path) == 0 else { throw .ofErrno(errno, "making \(path)") }
    }
    return Secret(made)
  }

  static func random() -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<64).map { _ in digits[Int.random(in: 0..<16)] })
  }

  private static func read(_ path: String) throws(Fault) -> Secret {
    let file = try Descriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    var bytes = [UInt8](repeating: 0, count: 65)
    let count = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Fault) in try file.read(into: buffer, at: 0) }
    }
    guard try count.get() == 64 else { throw .permanent(.corrupted, "\(path) holds no key") }
    return Secret(String(decoding: bytes.prefix(64), as: UTF8.self))
  }
}
