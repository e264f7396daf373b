internal import Glibc

/// A connected Unix stream socket, blocking, with a time limit on every wait.
final class ControlSocket {
  private let descriptor: Int32
  private let path: String
  private var timeout: Duration

  /// - Throws: `.unreachable` when nobody listens, `.notPermitted`, `.tryAgain` when the daemon is too busy to accept.
  init(path: String, timeout: Duration) throws(ControlError) {
    self.path = path
    self.timeout = timeout
    let what = "reach traind at \(path)"
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard !path.isEmpty, path.utf8.count < capacity else {
      throw ControlError(
        .usage, what, "a socket's path has 1 to \(capacity - 1) bytes", hint: "check --socket and $TRAIND_SOCKET")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw ControlError(.failed, what, String(cString: strerror(errno))) }
    limitWaits(timeout)
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if connected != 0 { throw Self.refused(what, errno) }
  }

  deinit { close(descriptor) }

  private static func refused(_ what: String, _ code: Int32) -> ControlError {
    let why = String(cString: strerror(code))
    return switch code {
    case EACCES, EPERM:
      ControlError(.notPermitted, what, why, hint: "may you search the directory that the socket is in?")
    case EAGAIN:
      ControlError(.tryAgain, what, "it is too busy to accept a connection", hint: "try again")
    default:
      ControlError(.unreachable, what, why, hint: "is it running? systemctl status traind; else see --socket")
    }
  }

  private func limitWaits(_ timeout: Duration) {
    let milliseconds = max(1, Int(timeout / .milliseconds(1)))
    var value = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &value, size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &value, size)
  }

  /// Sends all, or as much as the daemon takes: when it stops reading, its answer says why.
  func send(_ bytes: [UInt8]) throws(ControlError) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { bytes in
        Glibc.send(
          descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EPIPE || errno == ECONNRESET {
        return
      } else if errno != EINTR {
        throw failed("send to")
      }
    }
  }

  /// The next bytes; empty at the end; `nil` when the time is up.
  func receive(within limit: Duration) throws(ControlError) -> [UInt8]? {
    if limit != timeout {
      timeout = limit
      limitWaits(limit)
    }
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, initialized in
        count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        initialized = max(0, count)
      }
      if count >= 0 { return bytes }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      case ECONNRESET: return []
      default: throw failed("receive from")
      }
    }
  }

  private func failed(_ doing: String) -> ControlError {
    let why = errno == EAGAIN ? "it does not read" : String(cString: strerror(errno))
    return ControlError(.unreachable, "\(doing) traind at \(path)", why, hint: "see systemctl status traind")
  }
}
