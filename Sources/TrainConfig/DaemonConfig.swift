public import TrainCore

/// What the daemon goes by: `traind.yaml` and its drop-ins, decoded.
public struct DaemonConfig: Hashable, Sendable {
  /// How often a connection is asked about its jobs.
  public struct Poll: Hashable, Sendable {
    /// After a change, or while somebody watches. At least 100 ms.
    public var fastest: Duration
    /// After many quiet rounds. At least ``fastest``.
    public var slowest: Duration

    public init(fastest: Duration = .seconds(2), slowest: Duration = .seconds(60)) {
      self.fastest = fastest
      self.slowest = slowest
    }
  }

  public struct Publish: Hashable, Sendable {
    /// Publications that may be sending at once.
    public var concurrent: Int
    /// Bytes per second that all uploads share; `nil` = unlimited.
    public var bandwidth: Int64?

    public init(concurrent: Int = 4, bandwidth: Int64? = nil) {
      self.concurrent = concurrent
      self.bandwidth = bandwidth
    }
  }

  /// Where artifacts wait for their publications.
  public struct Spool: Hashable, Sendable {
    public enum Keep: Hashable, Sendable {
      case untilPublished
      case forever
      /// So long after the job ended.
      case age(Duration)
    }

    /// Bytes.
    public var quota: Int64
    public var keep: Keep

    public init(quota: Int64 = 50 << 30, keep: Keep = .untilPublished) {
      self.quota = quota
      self.keep = keep
    }
  }

  public struct History: Hashable, Sendable {
    /// How long an ended job is kept.
    public var keep: Duration

    public init(keep: Duration = .seconds(90 * 86_400)) { self.keep = keep }
  }

  /// When specs are applied.
  public enum Apply: String, Hashable, Sendable {
    /// At the daemon's start and by `trainctl apply`.
    case manual
    /// Also on reload and when the directory changes.
    case automatic
  }

  public var poll: Poll
  public var retry: RetryPolicy
  public var publish: Publish
  public var spool: Spool
  public var history: History
  public var apply: Apply
  /// In the files' order; names are unique.
  public var providers: [ConnectionConfig]
  /// In the files' order; names are unique.
  public var registries: [ConnectionConfig]

  public init(
    poll: Poll = .init(), retry: RetryPolicy = .init(), publish: Publish = .init(), spool: Spool = .init(),
    history: History = .init(), apply: Apply = .manual, providers: [ConnectionConfig] = [],
    registries: [ConnectionConfig] = []
  ) {
    self.poll = poll
    self.retry = retry
    self.publish = publish
    self.spool = spool
    self.history = history
    self.apply = apply
    self.providers = providers
    self.registries = registries
  }

  /// What holds without any file: trains on this machine and keeps what comes out under the state directory.
  public static func builtIn(stateDirectory: String) -> DaemonConfig {
    DaemonConfig(
      providers: [ConnectionConfig(name: "here", kind: "local", settings: ["slots": 1])],
      registries: [
        ConnectionConfig(
          name: "shelf", kind: "directory", settings: ["path": .string(Paths.join(stateDirectory, "models"))])
      ])
  }
}
