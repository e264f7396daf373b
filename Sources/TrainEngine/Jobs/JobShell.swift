import Logging
public import TrainCore

/// What every job's actor works with: the world outside its machine.
struct JobShell: Sendable {
  let store: any JobStore
  let time: any TimeSource
  let settings: EngineSettings
  let logger: Logger
  let boundary: Boundary
  let signer: (any ArtifactSigner)?
  let deadlines: DeadlineQueue
  let doubts: InDoubtCalls
  let feed: JobFeed
  let spool: Spool
  let logs: RunLog
  let pace: BandwidthLimit
  let health: EngineHealth
  let providers: [String: ProviderConnection]
  let pollers: [String: ProviderPoller]
  let schedulers: [String: SlotScheduler]
  let registries: [String: RegistryConnection]
  /// Told of every stored step, after it is durable: the journal.
  let announce: @Sendable ([EventRecord], JobRecord) -> Void
  /// Told of bytes on their way.
  let progress: @Sendable (UploadProgress) async -> Void
  /// The job has nothing under way: its actor may go.
  let idle: @Sendable (JobActor) async -> Void

  func provider(of record: JobRecord) throws(Fault) -> ProviderConnection {
    guard let connection = providers[record.spec.provider] else {
      throw Fault.transient(
        .unavailable, "the provider \(record.spec.provider) is not configured any more",
        hint: "add it under providers: again and restart traind", effect: .none)
    }
    return connection
  }
}

/// How far one upload is.
public struct UploadProgress: Sendable, Hashable {
  public var job: JobID
  public var registry: String
  public var sent: Int64
  public var total: Int64
}
