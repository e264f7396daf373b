import Synchronization

/// What the sink answers, by the path: each far side has its own.
final class SinkBackend: Sendable {
  private struct State {
    var synapse = SynapseSink()
    var trueFoundry: TrueFoundrySink
    var bucket = BucketSink()
  }
  private let state: Mutex<State>

  init(port: Int) { state = Mutex(State(trueFoundry: TrueFoundrySink(origin: "http://127.0.0.1:\(port)"))) }

  /// Answers a request whose body was read.
  func answer(_ request: SinkRequest) -> SinkAnswer {
    state.withLock { state in
      let folder = request.path.split(separator: "/").first ?? ""
      let answer: SinkAnswer? =
        switch folder {
        case "chunked_upload", "models": state.synapse.answer(request)
        case "api": state.trueFoundry.answer(request)
        case "store": state.trueFoundry.store(request)
        case "bucket": state.bucket.answer(request)
        default: request.method == "PUT" ? SinkAnswer("{}") : nil
        }
      return answer ?? SinkAnswer(#"{"detail":"Not found."}"#, status: "404 Not Found")
    }
  }
}

struct SinkAnswer {
  var status: String
  var headers: [(name: String, value: String)]
  var body: String
  /// What `Content-Length` says in the answer to a HEAD.
  var length: Int?

  init(_ body: String, status: String = "200 OK", headers: [(name: String, value: String)] = [], length: Int? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
    self.length = length
  }

  func head() -> String {
    let named = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    return "HTTP/1.1 \(status)\r\n\(named)Content-Length: \(length ?? body.utf8.count)\r\n\r\n"
  }
}
