internal import Glibc
internal import TrainControl
internal import TrainCore

/// Where the control socket comes from.
public enum ControlListening: Hashable, Sendable {
  /// Made here, with mode 0666. A stale socket of that name is replaced: the caller holds the instance lock.
  case path(String)
  /// Inherited, listening already.
  case descriptor(Int32)
}

/// A listening Unix socket, and the file that is to go away with it.
struct ListeningSocket {
  let descriptor: Int32
  /// The socket file made here, with its inode: only that one is removed.
  private let file: (path: String, inode: UInt64)?
  private let boundary: Boundary

  init(_ listening: ControlListening, boundary: Boundary = Boundary()) throws(ControlError) {
    self.boundary = boundary
    switch listening {
    case .path(let path):
      descriptor = try boundary.cross(.controlListen) { () throws(ControlError) in try Self.bind(path) }
      var entry = stat()
      file = lstat(path, &entry) == 0 ? (path, UInt64(entry.st_ino)) : nil
    case .descriptor(let inherited):
      try Self.check(inherited)
      descriptor = inherited
      file = nil
    }
  }

  func removeFile() {
    var entry = stat()
    guard let file, lstat(file.path, &entry) == 0, UInt64(entry.st_ino) == file.inode else { return }
    boundary.cross(.controlRemove) { unlink(file.path) }
  }

  private static func bind(_ path: String) throws(ControlError) -> Int32 {
    let what = "listen on \(path)"
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < capacity, !path.isEmpty else {
      throw ControlError(
        .badConfiguration, what, "a socket's path has 1 to \(capacity - 1) bytes", hint: "use a shorter --runtime-dir")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    var entry = stat()
    if lstat(path, &entry) == 0 {
      guard entry.st_mode & S_IFMT == S_IFSOCK else {
        throw ControlError(.failed, what, "something that is not a socket is there", hint: "move it away")
      }
      unlink(path)
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failed(what) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, chmod(path, 0o666) == 0, listen(descriptor, 128) == 0 else {
      let error = failed(what)
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func failed(_ what: String) -> ControlError {
    ControlError(
      .failed, what, String(cString: strerror(errno)), hint: "does the directory exist, and may the daemon write to it?"
    )
  }

  private static func check(_ descriptor: Int32) throws(ControlError) {
    func option(_ name: Int32) -> Int32? {
      var value: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }
    guard option(SO_DOMAIN) == AF_UNIX, option(SO_ACCEPTCONN) == 1 else {
      throw ControlError(
        .badConfiguration, "take over descriptor \(descriptor)", "it is not a listening Unix socket",
        hint: "the socket unit needs ListenStream= with a path")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }
}
