public import Glibc
public import TrainCore

/// An open file that is closed when its owner lets go of it.
public struct Descriptor: ~Copyable, Sendable {
  public let number: Int32
  /// What the file is called in faults.
  public let name: String

  /// Opens `path`, close-on-exec. Faults: `.notFound`, `.diskFull`, `.io` (all named after `name`, or the path).
  public init(opening path: String, _ flags: Int32, mode: mode_t = 0o640, as name: String? = nil) throws(Fault) {
    let name = name ?? path
    var number: Int32
    repeat { number = open(path, flags | O_CLOEXEC, mode) } while number < 0 && errno == EINTR
    guard number >= 0 else { throw .ofErrno(errno, "opening \(name)") }
    self.number = number
    self.name = name
  }

  /// Opens `entry`, a single name, in an open directory; never follows a symbolic link there.
  public init(
    opening entry: String, in directory: borrowing Descriptor, _ flags: Int32, mode: mode_t = 0o640
  ) throws(Fault) {
    let name = "\(directory.name)/\(entry)"
    var number: Int32
    repeat {
      number = openat(directory.number, entry, flags | O_CLOEXEC | O_NOFOLLOW, mode)
    } while number < 0 && errno == EINTR
    guard number >= 0 else { throw .ofErrno(errno, "opening \(name)") }
    self.number = number
    self.name = name
  }

  deinit { close(number) }

  /// What `fstat` says, as far as it matters here.
  public struct Status: Sendable, Hashable {
    public var mode: UInt32
    public var bytes: Int64

    public init(mode: UInt32, bytes: Int64) {
      self.mode = mode
      self.bytes = bytes
    }

    public var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    public var isDirectory: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
  }

  public func status() throws(Fault) -> Status {
    var raw = stat()
    guard fstat(number, &raw) == 0 else { throw .ofErrno(errno, "looking at \(name)") }
    return Status(mode: raw.st_mode, bytes: Int64(raw.st_size))
  }

  /// Reads until the buffer is full or the file ends; returns how many bytes were read.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Fault) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(
        number, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset) + off_t(done))
      if count > 0 {
        done += count
      } else if count == 0 {
        break
      } else if errno != EINTR {
        throw .ofErrno(errno, "reading \(name)")
      }
    }
    return done
  }

  /// Writes all of the buffer. Fault `.diskFull` (transient) when there is no space.
  public func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(Fault) {
    var done = 0
    while done < buffer.count {
      let count = pwrite(
        number, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset) + off_t(done))
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw .ofErrno(errno, "writing \(name)")
      }
    }
  }

  /// Makes what was written durable.
  public func synchronize() throws(Fault) {
    guard fsync(number) == 0 else { throw .ofErrno(errno, "making \(name) durable") }
  }
}
