internal import CProcess
internal import Glibc

/// Unix stream sockets by path, however long the path is.
public enum UnixSocket {
  /// Listens at `path`; whatever was there is replaced in one step. Blocking, close-on-exec.
  ///
  /// - Parameter open: everybody may connect (and is then asked who they are); else the owner only.
  public static func listen(at path: String, open: Bool) throws(RunnerError) -> Descriptor {
    let listener = try make(SOCK_STREAM, nonBlocking: false)
    let (parent, name) = try split(path)
    let temporary = ".\(getpid()).\(UInt32.random(in: 0 ... .max))"
    try withAddress(temporary, in: parent, of: path) { (address, length) throws(RunnerError) in
      guard bind(listener.raw, address, length) == 0 else { throw .system("binding the socket \(path)") }
    }
    guard fchmodat(parent.raw, temporary, open ? 0o666 : 0o600, 0) == 0,
      Glibc.listen(listener.raw, 128) == 0,
      renameat(parent.raw, temporary, parent.raw, name) == 0
    else {
      let error = RunnerError.system("listening at \(path)")
      unlinkat(parent.raw, temporary, 0)
      throw error
    }
    return listener
  }

  /// Non-blocking, close-on-exec.
  static func connect(to path: String) throws(RunnerError) -> Descriptor {
    let socket = try make(SOCK_STREAM, nonBlocking: true)
    let (parent, name) = try split(path)
    try withAddress(name, in: parent, of: path) { (address, length) throws(RunnerError) in
      guard Glibc.connect(socket.raw, address, length) == 0 else {
        // EAGAIN: its queue is full, which a Unix socket does not let us wait for.
        throw RunnerError(.unreachable, "connecting to the runner at \(path): \(RunnerError.text(of: errno))")
      }
    }
    return socket
  }

  /// Binds a datagram socket in a directory. Non-blocking, close-on-exec.
  static func datagrams(named name: String, in directory: Descriptor) throws(RunnerError) -> Descriptor {
    let socket = try make(SOCK_DGRAM, nonBlocking: true)
    unlinkat(directory.raw, name, 0)
    try withAddress(name, in: directory, of: name) { (address, length) throws(RunnerError) in
      guard bind(socket.raw, address, length) == 0 else { throw .system("binding the socket \(name)") }
    }
    return socket
  }

  /// The uid of who is at the other end.
  static func peer(of socket: Descriptor) throws(RunnerError) -> (pid: Int32, uid: UInt32) {
    var pid = pid_t()
    var uid = uid_t()
    guard train_peer(socket.raw, &pid, &uid) == 0 else { throw .system("asking who connected") }
    return (pid, uid)
  }

  /// What `sun_path` holds, its final NUL left out.
  static let longestPath = 107

  private static func make(_ type: __socket_type, nonBlocking: Bool) throws(RunnerError) -> Descriptor {
    let flags = SOCK_CLOEXEC.rawValue | (nonBlocking ? SOCK_NONBLOCK.rawValue : 0)
    let raw = socket(AF_UNIX, Int32(type.rawValue | flags), 0)
    guard raw >= 0 else { throw .system("making a socket") }
    return Descriptor(adopting: raw)
  }

  private static func split(_ path: String) throws(RunnerError) -> (parent: Descriptor, name: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard path.hasPrefix("/"), let name = parts.last else {
      throw RunnerError(.io, "the socket's path \"\(path)\" is not absolute")
    }
    let directory = "/" + parts.dropLast().joined(separator: "/")
    // Not O_NOFOLLOW: /run may be a link.
    let parent = train_open_path(directory)
    guard parent >= 0 else {
      throw RunnerError(.unreachable, "opening the socket's directory \(directory): \(RunnerError.text(of: errno))")
    }
    return (Descriptor(adopting: parent), String(name))
  }

  /// The address is short whatever the directory's path is: the kernel follows our own descriptor.
  private static func withAddress(
    _ name: String, in directory: Descriptor, of path: String,
    _ body: (UnsafePointer<sockaddr>, socklen_t) throws(RunnerError) -> Void
  ) throws(RunnerError) {
    let text = "/proc/self/fd/\(directory.raw)/\(name)"
    guard text.utf8.count <= longestPath else {
      throw RunnerError(.io, "the socket's name in \(path) is too long", hint: "give it a shorter name")
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text.utf8) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    var failure: RunnerError?
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        do throws(RunnerError) { try body(pointer, length) } catch { failure = error }
      }
    }
    if let failure { throw failure }
  }
}
