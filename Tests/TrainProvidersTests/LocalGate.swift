import Dispatch
import Glibc
import Synchronization

@testable import TrainRunner

/// Stands between the provider and its runner: lets calls through, refuses them, or loses an answer.
final class LocalGate: Sendable {
  private struct State {
    var listener: Descriptor?
    var losesNextStart = false
  }
  let socket: String
  private let runner: String
  private let state = Mutex(State())

  init(socket: String, runner: String) throws {
    self.socket = socket
    self.runner = runner
    try open()
  }

  func open() throws {
    let listener = try UnixSocket.listen(at: socket, open: false)
    state.withLock { $0.listener = listener }
    DispatchQueue(label: "gate").async { [self] in
      while true {
        let raw = accept(listener.raw, nil, nil)
        guard raw >= 0 else { return }
        _ = fcntl(raw, F_SETFL, O_NONBLOCK)
        let caller = Descriptor(adopting: raw)
        DispatchQueue(label: "gate").async { [self] in try? pass(caller) }
      }
    }
  }

  /// Who connects is refused.
  func close() {
    let listener = state.withLock { state in
      defer { state.listener = nil }
      return state.listener
    }
    if let listener { shutdown(listener.raw, Int32(SHUT_RDWR)) }
  }

  func loseNextStart() { state.withLock { $0.losesNextStart = true } }

  private func pass(_ caller: Descriptor) throws {
    let deadline = Deadline(after: .seconds(30))
    var from = SocketStream(caller)
    let upstream = try UnixSocket.connect(to: runner)
    var to = SocketStream(upstream)
    while let line = try from.line(limit: RunnerMessage.longest, by: deadline) {
      try to.write(line + [10], by: deadline)
      guard let answer = try to.line(limit: RunnerReply.longest, by: deadline) else { return }
      let call = try JSONLine.decode(RunnerMessage.self, from: line, as: "a message").call
      if case .start = call,
        state.withLock({ state in
          defer { state.losesNextStart = false }
          return state.losesNextStart
        })
      {
        return
      }
      let reply = try JSONLine.decode(RunnerReply.self, from: answer, as: "an answer")
      try from.write(answer + [10] + to.body(reply.body, by: deadline), by: deadline)
    }
  }
}
