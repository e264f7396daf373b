internal import CProcess
internal import Dispatch
internal import Glibc
internal import Synchronization
public import TrainCore

/// Answers calls on a Unix socket. Holds nothing but its directory: it can be killed and started at any time.
public final class RunnerServer: Sendable {
  private static let mostConnections = 32
  private static let idle = Duration.seconds(30)
  private static let ioTimeout = Duration.seconds(10)

  private let listener: Descriptor
  private let jobs: RunnerJobs
  private let allowed: Set<UInt32>
  private let connections = Mutex(0)

  /// - Parameter listener: a listening Unix stream socket.
  /// - Parameter directory: where jobs are kept; made when its parent is there.
  /// - Parameter allowed: uids that may connect, beside root and the runner's own.
  /// - Parameter environment: what shims get beside what they need.
  public init(
    listener: Descriptor, directory: String, allowed: Set<UInt32>, boundary: Boundary = Boundary(),
    environment: [String: String] = [:]
  ) throws(RunnerError) {
    self.listener = listener
    self.allowed = allowed.union([0, geteuid()])
    jobs = try RunnerJobs(directory, starter: ShimStarter(environment: environment), boundary: boundary)
  }

  /// Serves until TERM or INT comes, or the other end of `lifeline` is closed. Called on the main thread, before there
  /// are others: the signals are blocked for all.
  public func run(lifeline: Descriptor?) throws(RunnerError) {
    let signals = train_signal_descriptor([SIGTERM, SIGINT], 2)
    guard signals >= 0 else { throw .system("taking signals") }
    let stop = Descriptor(adopting: signals)
    signal(SIGPIPE, SIG_IGN)
    // Shims that end are nobody's to wait for: what they had to say is on the disk.
    signal(SIGCHLD, SIG_IGN)
    try jobs.resume()
    while true {
      var entries = [
        pollfd(fd: listener.raw, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stop.raw, events: Int16(POLLIN), revents: 0),
        pollfd(fd: lifeline?.raw ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      guard retrying({ poll(&entries, nfds_t(entries.count), -1) }) > 0 else { throw .system("waiting for calls") }
      if entries[1].revents != 0 || entries[2].revents != 0 { return }
      if entries[0].revents != 0 { accept() }
    }
  }

  private func accept() {
    let raw = train_accept(listener.raw)
    guard raw >= 0 else {
      // Out of descriptors: the caller stays in the queue. Pausing keeps this from spinning.
      if errno == EMFILE || errno == ENFILE || errno == ENOMEM { poll(nil, 0, 100) }
      return
    }
    let socket = Descriptor(adopting: raw)
    let isFree = connections.withLock { count in
      guard count < RunnerServer.mostConnections else { return false }
      count += 1
      return true
    }
    // A serial queue has a thread at once; those of a concurrent one are as few as there are processors, and a peer
    // that says nothing would hold one of them.
    DispatchQueue(label: "runner").async {
      if isFree {
        self.serve(socket)
        self.connections.withLock { $0 -= 1 }
      } else {
        self.refuse(
          socket, RunnerError(.busy, "the runner has \(RunnerServer.mostConnections) connections already"))
      }
    }
  }

  private func serve(_ socket: Descriptor) {
    do throws(RunnerError) {
      let peer = try UnixSocket.peer(of: socket)
      guard allowed.contains(peer.uid) else {
        let hint = "give it to the runner with --allow-uid"
        return refuse(socket, RunnerError(.notPermitted, "uid \(peer.uid) may not use this runner", hint: hint))
      }
      var stream = SocketStream(socket)
      while true {
        try stream.waitForInput(by: Deadline(after: RunnerServer.idle))
        guard let line = try stream.line(limit: RunnerMessage.longest, by: Deadline(after: RunnerServer.ioTimeout))
        else { return }
        let (reply, body) = answer(line)
        let bytes = try JSONLine.encode(reply)
        try stream.write(bytes, by: Deadline(after: RunnerServer.ioTimeout))
        if !body.isEmpty { try stream.write(body, by: Deadline(after: RunnerServer.ioTimeout)) }
      }
    } catch {
      // What is too long is answered; a peer that went away is not.
      if error.code == .badRequest { refuse(socket, error) }
    }
  }

  private func refuse(_ socket: Descriptor, _ error: RunnerError) {
    guard let bytes = try? JSONLine.encode(RunnerReply(error: error)) else { return }
    try? SocketStream(socket).write(bytes, by: Deadline(after: .seconds(1)))
  }

  private func answer(_ line: [UInt8]) -> (RunnerReply, [UInt8]) {
    do throws(RunnerError) {
      let version = try JSONLine.decode(RunnerMessage.Versioned.self, from: line, as: "a message").version
      guard version == RunnerMessage.current else {
        throw RunnerError(
          .unsupportedVersion, "the runner speaks version \(RunnerMessage.current) of its messages, not \(version)",
          hint: "restart the runner and the daemon: they are of different releases")
      }
      return try perform(JSONLine.decode(RunnerMessage.self, from: line, as: "a message").call)
    } catch {
      return (RunnerReply(error: error), [])
    }
  }

  private func perform(_ call: RunnerCall) throws(RunnerError) -> (RunnerReply, [UInt8]) {
    switch call {
    case .start(let job): return (RunnerReply(result: .job(status: try jobs.start(job))), [])
    case .stop(let key, let force): return (RunnerReply(result: .job(status: try jobs.stop(key, force: force))), [])
    case .status(let keys): return (RunnerReply(result: .jobs(statuses: try jobs.status(keys))), [])
    case .list(let after, let limit):
      return (RunnerReply(result: .jobs(statuses: try jobs.list(after: after, limit: limit))), [])
    case .logs(let key, let offset, let limit):
      let page = try jobs.logs(key, offset: max(0, offset), limit: limit)
      return (
        RunnerReply(result: .bytes(size: page.size, ended: page.ended), body: page.bytes.count), page.bytes
      )
    case .files(let key): return (RunnerReply(result: .files(files: try jobs.files(key))), [])
    case .read(let key, let path, let tag, let offset, let length):
      let part = try jobs.read(key, path: path, tag: tag, offset: offset, length: length)
      return (RunnerReply(result: .bytes(size: part.size, ended: true), body: part.bytes.count), part.bytes)
    case .remove(let key):
      try jobs.remove(key)
      return (RunnerReply(result: .done), [])
    }
  }
}
