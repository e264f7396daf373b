public import TrainControl
public import TrainCore

/// What the daemon can be asked to do: one method for each need of the control plane, which checks who asks before it
/// calls, and limits what they send. Every method may be called at any time, many at once, also while the daemon starts
/// or stops (throw `.tryAgain` then). A change is durable before its method returns, and is logged with its actor.
///
/// Common faults: `.notFound` when a job, spec, provider or registry does not exist
/// (``ControlError/noSuchJob(_:what:)``),
/// `.failed` when the state does not allow it, `.conflict` when an identity contradicts what is there, `.badSpec`,
/// `.badConfiguration`, `.unsupported`, `.tryAgain`.
public protocol DaemonOperations: Sendable {
  // Reading.

  /// Newest first. Where `watching` is set, the pollers concerned speed up for about ten seconds.
  func list(_ request: ListRequest) async throws(ControlError) -> [JobView]
  /// - Parameter watching: as in ``ListRequest/watching``.
  func show(_ job: JobID, watching: Bool) async throws(ControlError) -> JobView
  func why(_ job: JobID) async throws(ControlError) -> WhyView
  /// A page of the training's own output, at most 256 KiB; `cursor` is the last page's `next`, `nil` from the start.
  func logs(_ job: JobID, after cursor: String?) async throws(ControlError) -> LogView
  /// Events after `sequence`, oldest first, at most `limit`.
  /// `.notFound` when `job` is given and does not exist.
  func events(after sequence: Int64, job: JobID?, limit: Int) async throws(ControlError) -> [EventView]
  /// A stream of its own for each caller, with `.bufferingNewest(1)`: the number of the last event whenever events
  /// were stored since the call. It is only a wake-up: what happened is read with ``events(after:job:limit:)``.
  /// The caller drops it when it is done (`onTermination`). Finished when the daemon stops.
  func newEvents() async -> AsyncStream<Int64>

  // Changing.

  /// Reads the specs again and starts what is new. What can't be applied is in `refused`; it does not throw for that.
  func apply(_ request: ApplyRequest, by actor: Operator) async throws(ControlError) -> ApplyView
  func run(_ request: RunRequest, by actor: Operator) async throws(ControlError) -> StartView
  /// - Parameters:
  ///   - bytes: a spec, as YAML; at most 1 MiB.
  ///   - fileName: without directories; names the spec, and places in errors.
  /// - Throws: `.notPermitted` for a local command unless `actor` is root; `.badSpec` with every problem.
  func submit(_ bytes: [UInt8], fileName: String, by actor: Operator) async throws(ControlError) -> StartView
  /// Returns when the wish is durable, not when the job has stopped. Cancelling what is cancelled already is no fault.
  func cancel(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView
  func hold(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView
  func release(_ job: JobID, _ request: ReleaseRequest, by actor: Operator) async throws(ControlError) -> JobView
  func retry(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView
  func publish(_ job: JobID, _ request: PublishRequest, by actor: Operator) async throws(ControlError) -> JobView
  /// Moves aliases; the job's state stays. Returns when the wish is durable, not when the alias has moved.
  func promote(_ job: JobID, _ request: PromoteRequest, by actor: Operator) async throws(ControlError) -> JobView
  /// Only terminal jobs (`.failed` otherwise); leaves a tombstone while the spec is there.
  /// Returns what stays at registries, in words.
  func forget(_ job: JobID, by actor: Operator) async throws(ControlError) -> [String]

  // What a platform itself knows. `.unsupported` where it has no such thing.

  /// - Parameter status: the platform's own word.
  func platformJobs(of provider: String, status: String?) async throws(ControlError) -> [JSON]
  func platformJob(_ id: String, of provider: String) async throws(ControlError) -> JSON
  func cancelPlatformJob(_ id: String, of provider: String, by actor: Operator) async throws(ControlError)
  func platformLogs(_ id: String, of provider: String, after cursor: String?) async throws(ControlError) -> LogView
  func adoptPlatformJob(
    _ id: String, of provider: String, _ request: AdoptRequest, by actor: Operator
  ) async throws(ControlError) -> StartView

  // What a registry itself holds: its own objects, whole. `.unsupported` where it has no such thing, `.usage` for a
  // flag or parameter that it does not know. A call that fails is tried a few times more.

  func models(of registry: String, _ request: CatalogRequest) async throws(ControlError) -> CatalogLines
  func model(_ id: String, of registry: String, _ request: CatalogRequest) async throws(ControlError) -> JSON
  /// - Parameter id: `nil` = the versions of all models.
  func modelVersions(
    of id: String?, registry: String, _ request: CatalogRequest
  ) async throws(ControlError) -> CatalogLines
  /// May throw after some bytes: what the sink was given is good, and the rest can be had from there.
  func modelFile(
    _ id: String, of registry: String, _ request: CatalogRequest, from point: ResumePoint, into sink: any DownloadSink
  ) async throws(ControlError)
  /// Without an upload nothing is made: it throws when it could not be, `.conflict` when it is there already.
  func createModel(
    _ request: CreateModelRequest, of registry: String, by actor: Operator
  ) async throws(ControlError) -> JSON
  /// Takes some or all of the part's bytes. `.notFound` = the upload is forgotten, begin again.
  /// - Parameter session: `nil` = a new upload.
  func uploadPart(
    _ part: CreationPart, in session: UploadSession?, of registry: String
  ) async throws(ControlError) -> UploadView
  func uploadState(_ session: UploadSession, of registry: String) async throws(ControlError) -> UploadView
  func groundTruthEvents(of registry: String, _ request: CatalogRequest) async throws(ControlError) -> CatalogLines
  func groundTruthVersion(_ id: String, of registry: String) async throws(ControlError) -> JSON
  /// As ``modelFile(_:of:_:from:into:)``. `.notPermitted` unless the ticket came with the URL, of this daemon.
  func groundTruthFile(
    _ url: String, ticket: String, of registry: String, from point: ResumePoint, into sink: any DownloadSink
  ) async throws(ControlError)

  // The daemon.

  func status() async throws(ControlError) -> StatusView
  func doctor() async throws(ControlError) -> DoctorView
  /// Prometheus' text format 0.0.4.
  func metrics() async throws(ControlError) -> String
  /// Secrets by reference.
  func config() async throws(ControlError) -> ConfigView
  func version() async throws(ControlError) -> VersionView
  func reload(by actor: Operator) async throws(ControlError) -> ReloadView
  func drain(_ request: DrainRequest, by actor: Operator) async throws(ControlError) -> StatusView
  /// A consistent copy of the store, to be read once, chunk by chunk.
  func backup(by actor: Operator) async throws(ControlError) -> ByteSource
}
