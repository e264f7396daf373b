internal import Glibc

/// A listening socket that somebody else made.
public enum ListenSocket {
  /// The one that systemd passed to this process (`LISTEN_PID`, `LISTEN_FDS`; see sd_listen_fds(3)); `nil` when it
  /// passed none.
  /// Takes the variables out of the environment. Called before there are threads.
  public static func fromSystemd() throws(RunnerError) -> Descriptor? {
    guard let pid = getenv("LISTEN_PID"), let count = getenv("LISTEN_FDS"),
      Int32(String(cString: pid)) == getpid(), let count = Int32(String(cString: count)), count > 0
    else { return nil }
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
    guard count == 1 else { throw RunnerError(.io, "systemd passed \(count) sockets; the runner takes one") }
    return try adopting(3)
  }

  /// Checks that it is a listening Unix stream socket.
  public static func adopting(_ raw: Int32) throws(RunnerError) -> Descriptor {
    var listens: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(raw, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0, listens != 0 else {
      throw RunnerError(.io, "descriptor \(raw) is no listening socket")
    }
    var domain: Int32 = 0
    var type: Int32 = 0
    length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(raw, SOL_SOCKET, SO_DOMAIN, &domain, &length)
    length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(raw, SOL_SOCKET, SO_TYPE, &type, &length)
    guard domain == AF_UNIX, type == Int32(SOCK_STREAM.rawValue) else {
      throw RunnerError(.io, "descriptor \(raw) is no Unix stream socket")
    }
    _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
    return Descriptor(adopting: raw)
  }
}
