/// What the runner can be asked. One line of JSON each: `{"version":1,"call":{"stop":{"key":"a@1.1","force":false}}}`.
public enum RunnerCall: Hashable, Sendable, Codable {
  /// Answers `.job`. The same key and identity again answers what is there.
  case start(job: JobRequest)
  /// Answers `.job`. What has ended already stays as it is.
  case stop(key: String, force: Bool)
  /// Answers `.jobs`: one for each key, in order; `nil` = not known.
  case status(keys: [String])
  /// Answers `.jobs`, sorted by key.
  case list(after: String?, limit: Int)
  /// Answers `.bytes` of the command's own output.
  case logs(key: String, offset: Int64, limit: Int)
  /// Answers `.files`, sorted by path. Only once the command has ended.
  case files(key: String)
  /// Answers `.bytes` of an output file.
  case read(key: String, path: String, tag: String, offset: Int64, length: Int)
  /// Answers `.done`. Removes what a job that is over left behind, but for a record of it.
  case remove(key: String)
}

/// A call as it goes over the socket.
struct RunnerMessage: Codable, Sendable {
  var version = Self.current
  var call: RunnerCall

  static let current = 1
  /// A whole message, its line break included.
  static let longest = 1 << 20

  struct Versioned: Codable { var version: Int }
}

/// The answer to a ``RunnerCall``: one line of JSON, then `body` bytes.
struct RunnerReply: Codable, Sendable {
  enum Result: Codable, Sendable {
    case job(status: JobStatus)
    case jobs(statuses: [JobStatus?])
    case files(files: [OutputFile])
    /// `size` = bytes that there are now; `ended` = there will not be more.
    case bytes(size: Int64, ended: Bool)
    case done
  }

  var version = RunnerMessage.current
  var error: RunnerError?
  var result: Result?
  var body = 0

  static let longest = 64 << 20
  /// What one `logs` or `read` gives at most.
  static let longestBody = 1 << 20
}
