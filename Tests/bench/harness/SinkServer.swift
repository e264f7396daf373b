import Dispatch
import Glibc

/// A loopback server that takes uploads and throws them away, so that a measurement is one of the sender: plain PUTs,
/// and what one publication needs of a Synapse backend, of TrueFoundry and of S3. Prints its port; ends when its
/// standard input does.
struct SinkServer {
  struct Failed: Error, CustomStringConvertible {
    var description: String
  }

  func run() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 16) == 0
      }
    }
    var length = size
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
    }
    guard isBound else { throw Failed(description: "could not listen: \(String(cString: strerror(errno)))") }
    signal(SIGPIPE, SIG_IGN)
    Report.line("port", Int(UInt16(bigEndian: address.sin_port)))
    let backend = SinkBackend(port: Int(UInt16(bigEndian: address.sin_port)))
    DispatchQueue.global().async {
      while getchar() != EOF {}
      exit(0)
    }
    let connections = DispatchQueue(label: "sink", attributes: .concurrent)
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { continue }
      connections.async { SinkConnection(connection, backend).serve() }
    }
  }
}
