internal import Glibc

/// How often a file is opened, which is once for each reading of it, as the kernel tells it.
public final class FileReads: Sendable {
  private let queue: Int32

  public struct NotWatched: Error {
    public var path: String
    public var error: Int32
  }

  public init(of path: String) throws {
    queue = inotify_init1(O_NONBLOCK | O_CLOEXEC)
    // The others keep two openings in a row apart: equal events that follow each other are told once.
    let events = UInt32(IN_OPEN) | UInt32(IN_ACCESS) | UInt32(IN_CLOSE_NOWRITE) | UInt32(IN_CLOSE_WRITE)
    guard queue >= 0, inotify_add_watch(queue, path, events) >= 0 else {
      let error = errno
      if queue >= 0 { close(queue) }
      throw NotWatched(path: path, error: error)
    }
  }

  deinit { close(queue) }

  /// Since the last call.
  public func count() -> Int {
    var count = 0
    withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 8) { buffer in
      while true {
        let length = read(queue, buffer.baseAddress, buffer.count)
        guard length > 0 else { return }
        var offset = 0
        while offset < length {
          let event = buffer.load(fromByteOffset: offset, as: inotify_event.self)
          if event.mask & UInt32(IN_OPEN) != 0 { count += 1 }
          offset += MemoryLayout<inotify_event>.size + Int(event.len)
        }
      }
    }
    return count
  }
}
