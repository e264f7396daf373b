public import TrainCore

/// What the runner knows of a job.
public struct JobStatus: Hashable, Sendable, Codable {
  public enum Phase: String, Hashable, Sendable, Codable {
    /// The command was not started yet.
    case pending
    case running
    /// A stop was asked for and the command has not ended.
    case stopping
    /// The command ended; `code` or `signal` says how.
    case exited
    /// The command was never started and will not be; `message` says why.
    case failedToStart = "failed-to-start"
    /// The command is gone and nobody saw how it ended; `message` says what is known.
    case vanished
    /// The job is over; all but this record was removed.
    case released
    /// Its records can't be understood; `message` says which. Nothing else about it is known.
    case unreadable

    /// Nothing about the job will change any more.
    public var isFinal: Bool {
      switch self {
      case .pending, .running, .stopping, .unreadable: false
      case .exited, .failedToStart, .vanished, .released: true
      }
    }
  }

  public var key: String
  public var identity: String
  public var job: String
  public var attempt: Int
  public var phase: Phase
  /// The exit status.
  public var code: Int?
  /// The signal that ended the command.
  public var signal: Int?
  /// Why it did not start, what became of it, or why it is still pending.
  public var message: String?
  /// A stop was asked for before the command ended.
  public var stopped: Bool
  public var created: Timestamp
  public var started: Timestamp?
  public var ended: Timestamp?
  /// 0...1
  public var progress: Double?
  public var metrics: [String: Double]
  public var status: String?
  /// The last lines of the command's output, where it failed; at most ``tailBytes``.
  public var tail: String?

  public init(
    key: String, identity: String, job: String, attempt: Int, phase: Phase, stopped: Bool, created: Timestamp
  ) {
    self.key = key
    self.identity = identity
    self.job = job
    self.attempt = attempt
    self.phase = phase
    self.stopped = stopped
    self.created = created
    metrics = [:]
  }

  public static let tailBytes = 2048
  /// Keys that one status call may name.
  public static let mostKeys = 500
}

/// A file that a command wrote.
public struct OutputFile: Hashable, Sendable, Codable {
  /// Relative to the output directory, `/`-separated.
  public var path: String
  public var bytes: Int64
  /// Changes whenever the file does: size, time of change and inode.
  public var tag: String

  public init(path: String, bytes: Int64, tag: String) {
    self.path = path
    self.bytes = bytes
    self.tag = tag
  }
}
