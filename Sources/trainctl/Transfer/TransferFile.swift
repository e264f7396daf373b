internal import Crypto
internal import Glibc
internal import TrainControl
internal import TrainCore

/// An open file of the user's, read and written in place.
final class TransferFile {
  private let descriptor: Int32
  private let what: String

  /// What changes when the file is another one, or was written to.
  struct Stamp: Hashable {
    var device: UInt64
    var inode: UInt64
    var bytes: Int64
    /// Nanoseconds of the last write, since 1970.
    var modified: Int64
  }

  /// - Parameter what: what it is opened for, for errors.
  init(_ path: String, _ flags: Int32, what: String) throws(ControlError) {
    self.what = what
    descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failed(what) }
  }

  deinit { close(descriptor) }

  /// - Throws: `.usage` unless it is a regular file.
  func stamp() throws(ControlError) -> Stamp {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failed(what) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ControlError(.usage, what, "it is not a regular file", hint: "name a file")
    }
    return Stamp(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
      modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
  }

  /// Nobody else who asks for it has the file; until it is closed.
  func lock() throws(ControlError) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw ControlError(.tryAgain, what, "another trainctl writes it", hint: "wait for it, or write to another place")
    }
  }

  /// Up to `count` bytes; fewer only at the end.
  func read(_ count: Int, at offset: Int64) throws(ControlError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let got = pread(
          descriptor, buffer.baseAddress.map { $0 + initialized }, count - initialized,
          off_t(offset) + off_t(initialized))
        if got > 0 {
          initialized += got
        } else if got == 0 {
          return
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    guard failure == 0 else { throw ControlError(.failed, what, String(cString: strerror(failure))) }
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: Int64) throws(ControlError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written, off_t(offset) + off_t(written))
      }
      if count >= 0 { written += count } else if errno != EINTR { throw Self.failed(what) }
    }
  }

  func truncate(to bytes: Int64) throws(ControlError) {
    guard ftruncate(descriptor, off_t(bytes)) == 0 else { throw Self.failed(what) }
  }

  func synchronize() throws(ControlError) {
    guard fsync(descriptor) == 0 else { throw Self.failed(what) }
  }

  /// `sha256:<hex>` or `md5:<hex>` of the whole file, whichever `digest` is; `nil` for any other.
  func digest(like digest: String) throws(ControlError) -> String? {
    if digest.hasPrefix("sha256:") { return "sha256:\(try hash(SHA256()))" }
    if digest.hasPrefix("md5:") { return "md5:\(try hash(Insecure.MD5()))" }
    return nil
  }

  private func hash(_ function: some HashFunction) throws(ControlError) -> String {
    var function = function
    var offset: Int64 = 0
    while true {
      let bytes = try read(1 << 20, at: offset)
      if bytes.isEmpty { return Hex.text(function.finalize()) }
      function.update(data: bytes)
      offset += Int64(bytes.count)
    }
  }

  static func failed(_ what: String) -> ControlError {
    let kind: ControlError.Kind =
      switch errno {
      case ENOENT, ENOTDIR: .notFound
      case EACCES, EPERM, EROFS: .notPermitted
      case EISDIR, ELOOP: .usage
      default: .failed
      }
    return ControlError(kind, what, String(cString: strerror(errno)), hint: "check the name, the mode and free space")
  }
}
