internal import TrainControl
internal import TrainCore

/// A file as the daemon streams it: its head on a line, then its bytes.
final class DownloadReader {
  private let exchange: HTTPExchange
  private let what: String
  private var pending: [UInt8] = []

  init(_ exchange: HTTPExchange, what: String) {
    self.exchange = exchange
    self.what = what
  }

  /// To be called once, first.
  func head() throws(ControlError) -> DownloadFacts {
    while true {
      if let end = pending.firstIndex(of: 0x0A) {
        let line = Array(pending[..<end])
        pending.removeFirst(end + 1)
        switch try DownloadHead(try JSON.parse(line, what: "a file's head")) {
        case .file(let facts): return facts
        case .error(let error): throw error
        }
      }
      guard pending.count < 64 << 10, let bytes = try receive() else {
        throw ControlError(.internalError, what, "the answer has no head", hint: "see journalctl -u traind")
      }
      pending += bytes
    }
  }

  /// `nil` at the end.
  func next() throws(ControlError) -> [UInt8]? {
    guard pending.isEmpty else {
      defer { pending = [] }
      return pending
    }
    return try receive()
  }

  private func receive() throws(ControlError) -> [UInt8]? {
    switch try exchange.next() {
    case .bytes(let bytes): return bytes
    case .end: return nil
    case .silence: throw ControlError(.tryAgain, what, "the bytes stopped coming", hint: "see trainctl status")
    }
  }
}
