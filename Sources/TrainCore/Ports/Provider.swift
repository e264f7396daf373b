/// A platform that trains. Implementations try once and throw a ``Fault``; retry, limits, breakers and logging are the
/// engine's. Every method may be called again after any outcome, including a crash in the middle.
public protocol Provider: Sendable {
  var traits: ProviderTraits { get }

  /// The problems of a spec's `train:` for this provider. Pure: no call is made.
  func problems(in spec: JobSpec) -> [SpecProblem]

  /// Looks each submission up by its natural key, with as few calls as the platform allows. One finding for each, in
  /// order.
  /// Only what matches in all that can be compared and is not older than `intended` (less clock skew) is `.ours`.
  func find(_ submissions: [Submission]) async throws(Fault) -> [Finding<ProviderHandle>]

  /// Starts the training. Called only after ``find(_:)`` said `.absent` and the intent was stored.
  /// A permanent fault means that nothing was started and nothing will be; a transient one with effect `.none`
  /// means that nothing was started; any other leaves it open.
  func submit(_ submission: Submission) async throws(Fault) -> ProviderHandle

  /// What the platform says about these runs, with as few calls as it allows: one entry for each, in order; `nil` where
  /// it said nothing (which is never evidence). A failed call throws and says nothing about any of them.
  func observe(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?]

  /// Asks the platform to stop the run; returns when it has taken the request (not when the run has stopped).
  /// Cancelling what has ended already is no fault. `force` = at once, without grace, where the platform can.
  func cancel(_ handle: ProviderHandle, force: Bool) async throws(Fault)

  /// Writes the run's artifact into `sink`, going on from what the sink holds. Verifies what the platform's own
  /// checksums can verify.
  func fetch(_ handle: ProviderHandle, into sink: any ArtifactSink) async throws(Fault)

  /// A page of the training's own output; `cursor` is the last page's `next`, `nil` from the start.
  func logs(_ handle: ProviderHandle, after cursor: String?) async throws(Fault) -> LogPage

  /// The run is over and its artifact and logs were taken: what the platform keeps only for us may go. Never the model.
  func release(_ handle: ProviderHandle) async throws(Fault)

  /// Things an operator should know before they hurt (a container's end of life, say), for one spec. May call.
  func warnings(for spec: JobSpec) async throws(Fault) -> [String]

  /// What the platform itself knows, tracked by us or not; `nil` where there is no such thing.
  var platform: (any Platform)? { get }
}

extension Provider {
  public func release(_ handle: ProviderHandle) async throws(Fault) {}
  public func warnings(for spec: JobSpec) async throws(Fault) -> [String] { [] }
  public var platform: (any Platform)? { nil }
}

/// How a provider keeps the promise, and what it can do.
public struct ProviderTraits: Sendable, Hashable {
  public enum Guarantee: String, Sendable {
    /// The far side takes an id of ours: a second create is harmless.
    case byKey = "by-key"
    /// Holds if the far side lists what it has within `settle`.
    case byLookup = "by-lookup"
  }
  public var kind: String
  public var guarantee: Guarantee

  public init(kind: String, guarantee: Guarantee) {
    self.kind = kind
    self.guarantee = guarantee
  }
}

/// A platform's own view of its jobs, made usable for jobs that traind does not track. Objects come whole.
public protocol Platform: Sendable {
  /// - Parameter status: the platform's own word, or `nil` for all.
  func list(status: String?) async throws(Fault) -> [JSON]
  func show(_ id: String) async throws(Fault) -> JSON
  func cancel(_ id: String) async throws(Fault)
  func logs(_ id: String, after cursor: String?) async throws(Fault) -> LogPage
}

/// Some of a training's output, as text that ends in a line break unless it is empty.
public struct LogPage: Sendable, Hashable {
  public var text: String
  /// Where the next page starts.
  public var next: String?
  /// There is more now.
  public var hasMore: Bool

  public init(text: String, next: String?, hasMore: Bool) {
    self.text = text
    self.next = next
    self.hasMore = hasMore
  }
}

/// What is wrong with a key of a spec.
public struct SpecProblem: Hashable, Sendable, Codable {
  /// As `train.tags[1]`.
  public var path: String
  public var message: String
  public var hint: String?

  public init(path: String, _ message: String, hint: String? = nil) {
    self.path = path
    self.message = message
    self.hint = hint
  }
}

/// Where a provider puts the files of an artifact. Bytes of a file come in order.
public protocol ArtifactSink: Sendable {
  /// Opens or reopens a file; returns how many bytes of it are held already.
  /// What was held under another `tag` (the far side's ETag or checksum) is thrown away first.
  /// - Parameter total: the whole file's size where it is known; checked against the quota.
  func open(_ path: String, tag: String, total: Int64?) async throws(Fault) -> Int64
  func write(_ bytes: [UInt8], to path: String) async throws(Fault)
  /// Makes the file durable and returns its digests.
  func finish(_ path: String) async throws(Fault) -> FileDigests
  /// Throws away what is held of a file: its bytes are wrong.
  func discard(_ path: String) async throws(Fault)
}
