internal import TrainCore
internal import ViamAPI

/// Every training job of the organization, whoever started it. Objects as `JSON.init(_:)` of a job writes them.
struct ViamPlatform: Platform {
  let provider: ViamProvider

  /// Newest first. Viam has no pages: what would be over 32 MiB is refused.
  /// - Parameter status: as `in_progress`, or `TRAINING_STATUS_IN_PROGRESS`.
  func list(status: String?) async throws(Fault) -> [JSON] {
    let wanted = try status.map { text throws(Fault) in try ViamWords.status(text) }
    do throws(Fault) {
      return try await provider.list(wanted ?? .unspecified)
        .sorted { ViamWords.timestamp($0.createdOn) > ViamWords.timestamp($1.createdOn) }
        .map { JSON($0) }
    } catch {
      guard wanted == nil, error.isPermanent, error.code == .rejected else { throw error }
      var fault = error
      fault.hint = "ask for one status at a time"
      throw fault
    }
  }

  func show(_ id: String) async throws(Fault) -> JSON { JSON(try await known(id)) }

  func cancel(_ id: String) async throws(Fault) {
    _ = try await known(id)
    try await provider.cancel(id: id)
  }

  func logs(_ id: String, after cursor: String?) async throws(Fault) -> LogPage {
    try await provider.logs(id: id, after: cursor)
  }

  private func known(_ id: String) async throws(Fault) -> ViamProvider.Job {
    if let job = try await provider.job(id) { return job }
    throw .permanent(
      .notFound, "asking about training job \(id): Viam knows none", hint: "list them without a status to see all")
  }
}
