internal import SwiftProtobuf
public import TrainCore
public import TrainTransport
internal import TrainViam
internal import ViamAPI

/// Trains on Viam: submits training jobs to an organization and fetches the packages that they publish.
///
/// Viam takes no id of ours, so the promise is kept by looking up model name and version. ``shutdown()`` must be called
/// before the last reference goes.
public final class ViamProvider: Provider, Closable {
  public let traits = ProviderTraits(kind: "viam", guarantee: .byLookup)

  let access: ViamAccess
  let memory: ViamMemory
  let download: ViamDownload
  let time: any TimeSource
  var organization: String { access.organization }
  var client: ViamClient { access.client }

  /// - Parameter grace: how long a job must be unknown to Viam, asked in two ways, before it is said to be lost.
  init(_ access: ViamAccess, time: any TimeSource, grace: Duration = .seconds(60)) {
    self.access = access
    self.time = time
    memory = ViamMemory(time: time, grace: grace)
    download = ViamDownload(probe: access.probe)
  }

  /// Closes the connections; calls fail from here on.
  public func shutdown() async { await access.shutdown() }

  public func problems(in spec: JobSpec) -> [SpecProblem] {
    var reader = ViamTrainReader()
    _ = reader.read(spec.train)
    guard let problem = ViamName.problem(with: spec.modelName) else { return reader.problems }
    return [
      SpecProblem(path: "model.name", problem, hint: "give the model another name; the spec's file may keep its own")
    ] + reader.problems
  }

  public func find(_ submissions: [Submission]) async throws(Fault) -> [Finding<ProviderHandle>] {
    try await look(up: submissions)
  }

  public func submit(_ submission: Submission) async throws(Fault) -> ProviderHandle {
    let key = ViamKey(organization: organization, name: submission.modelName, version: submission.modelVersion)
    do throws(Fault) {
      let id = try await start(try ViamTrain(submission.train), as: key, for: submission.job)
      guard !id.isEmpty else {
        throw .transient(.badAnswer, "submitting \(submission.job) to Viam: the answer names no training job")
      }
      return ProviderHandle(reference: id, state: key.json)
    } catch {
      guard error.code == .alreadyExists else { throw error }
      return try await adopt(submission, after: error)
    }
  }

  public func observe(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?] {
    try await watch(handles)
  }

  /// Viam knows no grace: `force` changes nothing.
  public func cancel(_ handle: ProviderHandle, force: Bool) async throws(Fault) {
    if ViamKey.isPackage(handle) { return }
    try await cancel(id: handle.reference)
  }

  public func fetch(_ handle: ProviderHandle, into sink: any ArtifactSink) async throws(Fault) {
    let key = try ViamKey(handle)
    try await download.fetch(try await published(key), as: "\(key.name).tar.gz", of: key, into: sink)
  }

  public func logs(_ handle: ProviderHandle, after cursor: String?) async throws(Fault) -> LogPage {
    if ViamKey.isPackage(handle) { return LogPage(text: "", next: cursor, hasMore: false) }
    return try await logs(id: handle.reference, after: cursor)
  }

  // release(_:) does nothing: Viam keeps the job's record for the organization, and deletes its logs by itself.

  public func warnings(for spec: JobSpec) async throws(Fault) -> [String] {
    guard case .script(let script) = try ViamTrain(spec.train), let container = script.container else { return [] }
    return try await warnings(about: container)
  }

  public var platform: (any Platform)? { ViamPlatform(provider: self) }
}
