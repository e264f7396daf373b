import Dispatch
import Glibc
import Synchronization

/// A loopback server that takes uploads and throws them away: plain PUTs, and the chunked protocol of a Synapse backend
/// as far as one publication needs it. Prints its port; ends when its standard input does.
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
    let backend = SinkBackend()
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

/// What the sink remembers: where uploads are, and the model that was registered last.
final class SinkBackend: Sendable {
  private struct State {
    var offsets: [String: Int] = [:]
    var model: String?
  }
  private let state = Mutex(State())

  /// Answers a request whose body was read; `nil` = 404.
  func answer(_ request: SinkRequest) -> String? {
    state.withLock { state in
      let path = request.path.split(separator: "?").first.map(String.init) ?? request.path
      switch (request.method, path) {
      case ("PUT", "/chunked_upload/"):
        let id = "upload-\(state.offsets.count + 1)"
        state.offsets[id] = request.end
        return upload(id, request.end, isComplete: false)
      case (let method, let path) where path.hasPrefix("/chunked_upload/"):
        let id = String(path.dropFirst("/chunked_upload/".count).prefix { $0 != "/" })
        guard var offset = state.offsets[id] else { return nil }
        if method == "PUT" {
          offset = request.end
          state.offsets[id] = offset
        }
        return upload(id, offset, isComplete: method == "POST")
      case ("GET", "/models/"): return #"{"count":0,"next":null,"previous":null,"results":[]}"#
      case ("POST", "/models/"):
        let model = #"{"id":1,"# + request.body.dropFirst()
        state.model = model
        return model
      case ("GET", "/models/1/"): return state.model
      case ("PUT", _): return "{}"
      default: return nil
      }
    }
  }

  private func upload(_ id: String, _ offset: Int, isComplete: Bool) -> String {
    let completed = isComplete ? #""2026-01-01T00:00:00Z""# : "null"
    return #"{"id":"\#(id)","offset":\#(offset),"status":\#(isComplete ? 2 : 1),"completed_at":\#(completed)}"#
  }
}
