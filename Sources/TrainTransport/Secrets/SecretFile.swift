internal import Glibc
internal import TrainCore

/// Reads the small file that holds a secret.
enum SecretFile {
  /// - Parameter privately: refuse a file that group or others can reach.
  static func read(_ path: String, named what: String, privately: Bool) throws(Fault) -> [UInt8] {
    // Non-blocking, so that a fifo in the file's place cannot hold the daemon.
    let descriptor = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK, as: what)
    let status = try descriptor.status()
    guard status.isRegular else {
      throw .permanent(.io, "\(what) is not a regular file", hint: "put the secret into a plain file")
    }
    if privately, status.mode & 0o077 != 0 {
      throw .permanent(
        .rejected, "\(what) can be reached by others than its owner (mode \(String(status.mode & 0o7777, radix: 8)))",
        hint: "chmod 600 \(path)")
    }
    var bytes = [UInt8](repeating: 0, count: SecretResolver.limit + 2)
    let count = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Fault) in try descriptor.read(into: buffer, at: 0) }
    }
    bytes.removeLast(bytes.count - (try count.get()))
    return bytes
  }
}
