internal import CProcess
internal import Glibc

/// A file descriptor that is closed with its last reference.
public final class Descriptor: Sendable {
  public let raw: Int32

  public init(adopting raw: Int32) { self.raw = raw }
  deinit { close(raw) }

  /// Opens a file, close-on-exec; `nil` when it is not there.
  static func open(
    _ path: String, in directory: Descriptor? = nil, _ flags: Int32 = O_RDONLY, mode: mode_t = 0o600
  ) throws(RunnerError) -> Descriptor? {
    let raw = retrying { openat(directory?.raw ?? AT_FDCWD, path, flags | O_CLOEXEC, mode) }
    if raw >= 0 { return Descriptor(adopting: raw) }
    if errno == ENOENT { return nil }
    throw .system("opening \(path)")
  }

  static func openDirectory(_ path: String, in parent: Descriptor? = nil) throws(RunnerError) -> Descriptor? {
    try open(path, in: parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  }

  /// Both ends of a pipe, close-on-exec.
  static func pipe(nonBlockingReads: Bool = false) throws(RunnerError) -> (reading: Descriptor, writing: Descriptor) {
    var ends: [Int32] = [-1, -1]
    guard train_pipe(&ends) == 0 else { throw .system("making a pipe") }
    let pair = (Descriptor(adopting: ends[0]), Descriptor(adopting: ends[1]))
    if nonBlockingReads { _ = fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_NONBLOCK) }
    return pair
  }

  /// Writes all of it; the file offset, or `O_APPEND`, says where.
  func write(_ bytes: some Collection<UInt8>, as what: String) throws(RunnerError) {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = retrying { rest.withUnsafeBytes { Glibc.write(raw, $0.baseAddress, $0.count) } }
      guard count >= 0 else { throw .system("writing \(what)") }
      rest = rest.dropFirst(count)
    }
  }

  /// Up to `limit` bytes from `offset`; fewer only at the end of the file.
  func read(at offset: Int64, limit: Int, of what: String) throws(RunnerError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    var filled = 0
    while filled < limit {
      let count = retrying {
        bytes.withUnsafeMutableBytes {
          pread(raw, $0.baseAddress?.advanced(by: filled), limit - filled, off_t(offset) + off_t(filled))
        }
      }
      guard count >= 0 else { throw .system("reading \(what)") }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(limit - filled)
    return bytes
  }

  func synchronize(_ what: String) throws(RunnerError) {
    guard fsync(raw) == 0 else { throw .system("writing \(what) to the disk") }
  }

  func attributes(_ what: String) throws(RunnerError) -> stat {
    var attributes = stat()
    guard fstat(raw, &attributes) == 0 else { throw .system("asking about \(what)") }
    return attributes
  }
}

/// Does a system call again as long as a signal interrupts it.
func retrying<Value: SignedInteger>(_ call: () -> Value) -> Value {
  while true {
    let answer = call()
    if answer != -1 || errno != EINTR { return answer }
  }
}
