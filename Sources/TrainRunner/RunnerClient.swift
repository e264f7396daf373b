internal import Glibc
internal import Synchronization

/// Calls the runner: one connection for each call, which blocks its thread until there is an answer or `timeout` is
/// over.
public struct RunnerClient: Sendable {
  public var socket: String
  public var timeout: Duration

  public init(socket: String, timeout: Duration = .seconds(15)) {
    self.socket = socket
    self.timeout = timeout
  }

  public func start(_ job: JobRequest, interrupt: CallInterrupt? = nil) throws(RunnerError) -> JobStatus {
    guard case .job(let status) = try call(.start(job: job), interrupt).result else { throw strange("start") }
    return status
  }

  public func stop(_ key: String, force: Bool, interrupt: CallInterrupt? = nil) throws(RunnerError) -> JobStatus {
    guard case .job(let status) = try call(.stop(key: key, force: force), interrupt).result else {
      throw strange("stop")
    }
    return status
  }

  /// One for each key, in order; `nil` = not known. At most ``JobStatus/mostKeys`` keys.
  public func status(_ keys: [String], interrupt: CallInterrupt? = nil) throws(RunnerError) -> [JobStatus?] {
    guard case .jobs(let statuses) = try call(.status(keys: keys), interrupt).result, statuses.count == keys.count
    else { throw strange("status") }
    return statuses
  }

  /// Jobs whose key is greater than `after`, by key; at most `limit` and at most ``JobStatus/mostKeys``.
  public func list(
    after: String? = nil, limit: Int = JobStatus.mostKeys, interrupt: CallInterrupt? = nil
  ) throws(RunnerError) -> [JobStatus] {
    guard case .jobs(let statuses) = try call(.list(after: after, limit: limit), interrupt).result else {
      throw strange("list")
    }
    return statuses.compactMap { $0 }
  }

  /// Some of the command's output from a byte offset; `ended` = there will not be more than `size` bytes.
  public func logs(
    _ key: String, offset: Int64, limit: Int, interrupt: CallInterrupt? = nil
  ) throws(RunnerError) -> (bytes: [UInt8], size: Int64, ended: Bool) {
    let answer = try call(.logs(key: key, offset: offset, limit: limit), interrupt)
    guard case .bytes(let size, let ended) = answer.result else { throw strange("logs") }
    return (answer.body, size, ended)
  }

  public func files(_ key: String, interrupt: CallInterrupt? = nil) throws(RunnerError) -> [OutputFile] {
    guard case .files(let files) = try call(.files(key: key), interrupt).result else { throw strange("files") }
    return files
  }

  /// Bytes of an output file, as long as it still has the tag; fewer than `length` only at its end, and at most 1 MiB.
  public func read(
    _ key: String, path: String, tag: String, offset: Int64, length: Int, interrupt: CallInterrupt? = nil
  ) throws(RunnerError) -> [UInt8] {
    let answer = try call(.read(key: key, path: path, tag: tag, offset: offset, length: length), interrupt)
    guard case .bytes = answer.result else { throw strange("read") }
    return answer.body
  }

  public func remove(_ key: String, interrupt: CallInterrupt? = nil) throws(RunnerError) {
    guard case .done = try call(.remove(key: key), interrupt).result else { throw strange("remove") }
  }

  private func call(
    _ call: RunnerCall, _ interrupt: CallInterrupt?
  ) throws(RunnerError) -> (result: RunnerReply.Result, body: [UInt8]) {
    let message = try JSONLine.encode(RunnerMessage(call: call))
    guard message.count <= RunnerMessage.longest else {
      throw RunnerError(.badRequest, "the message has \(message.count) bytes; \(RunnerMessage.longest) at most")
    }
    let deadline = Deadline(after: timeout)
    let socket = try UnixSocket.connect(to: socket)
    interrupt?.watch(socket)
    do throws(RunnerError) {
      var stream = SocketStream(socket)
      // A runner that refuses answers without having read: its answer counts, not our failure to write.
      do throws(RunnerError) { try stream.write(message, by: deadline) } catch  where error.code == .disconnected {}
      guard let line = try stream.line(limit: RunnerReply.longest, by: deadline) else {
        throw RunnerError(.disconnected, "the runner hung up before it answered")
      }
      let reply: RunnerReply
      do throws(RunnerError) {
        reply = try JSONLine.decode(RunnerReply.self, from: line, as: "the runner's answer")
      } catch {
        throw RunnerError(.badAnswer, error.message)
      }
      if let error = reply.error { throw error }
      guard let result = reply.result, (0...RunnerReply.longestBody).contains(reply.body) else { throw strange("call") }
      return (result, try stream.body(reply.body, by: deadline))
    } catch {
      if interrupt?.wasTripped == true { throw RunnerError(.interrupted, "the call was given up") }
      throw error
    }
  }

  private func strange(_ call: String) -> RunnerError {
    RunnerError(.badAnswer, "the runner's answer to \(call) is of another kind")
  }
}

/// Ends a blocking call from another thread.
public final class CallInterrupt: Sendable {
  private struct State {
    var tripped = false
    var socket: Descriptor?
  }
  private let state = Mutex(State())

  public init() {}

  /// The call under way, and every later one with this interrupt, throws `.interrupted`.
  public func trip() {
    state.withLock { state in
      state.tripped = true
      if let socket = state.socket { shutdown(socket.raw, Int32(SHUT_RDWR)) }
    }
  }

  var wasTripped: Bool { state.withLock { $0.tripped } }

  func watch(_ socket: Descriptor) {
    state.withLock { state in
      state.socket = socket
      if state.tripped { shutdown(socket.raw, Int32(SHUT_RDWR)) }
    }
  }
}
