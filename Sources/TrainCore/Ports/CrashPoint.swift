/// Every boundary around a commit, a remote call or a file write, by name. Debug builds can die before or after any of them.
public enum CrashPoint: String, Sendable, CaseIterable {
  case storeCreate = "store.create"
  case storeCommit = "store.commit"
  case providerFind = "provider.find"
  case providerSubmit = "provider.submit"
  case providerObserve = "provider.observe"
  case providerCancel = "provider.cancel"
  case providerFetch = "provider.fetch"
  case providerLogs = "provider.logs"
  case providerRelease = "provider.release"
  case registryFind = "registry.find"
  case registryOpen = "registry.open"
  case registryRemaining = "registry.remaining"
  case registrySend = "registry.send"
  case registrySeal = "registry.seal"
  case registryCommit = "registry.commit"
  case registryVerify = "registry.verify"
  case spoolOpen = "spool.open"
  case spoolWrite = "spool.write"
  case spoolFinish = "spool.finish"
  case spoolComplete = "spool.complete"
  case spoolRemove = "spool.remove"
  case logWrite = "log.write"

  // MLflow.
  case mlflowCreateModel = "mlflow.create-model"
  case mlflowFindVersion = "mlflow.find-version"
  case mlflowGetVersion = "mlflow.get-version"
  case mlflowCreateVersion = "mlflow.create-version"
  case mlflowTagVersion = "mlflow.tag-version"
  case mlflowSetAlias = "mlflow.set-alias"
  case mlflowFindExperiment = "mlflow.find-experiment"
  case mlflowCreateExperiment = "mlflow.create-experiment"
  case mlflowFindRun = "mlflow.find-run"
  case mlflowGetRun = "mlflow.get-run"
  case mlflowCreateRun = "mlflow.create-run"
  case mlflowLogRun = "mlflow.log-run"
  case mlflowEndRun = "mlflow.end-run"
  case mlflowPutFile = "mlflow.put-file"
  case mlflowListFiles = "mlflow.list-files"
  case mlflowReadFile = "mlflow.read-file"
  case mlflowOpenMultipart = "mlflow.open-multipart"
  case mlflowSendPart = "mlflow.send-part"
  case mlflowFinishMultipart = "mlflow.finish-multipart"
  case mlflowAbortMultipart = "mlflow.abort-multipart"
}

/// The wrapper that every commit, remote call and file write goes through.
public struct Boundary: Sendable {
  public enum Side: String, Sendable { case before, after }
  private let crossed: @Sendable (CrashPoint, Side) -> Void

  /// - Parameter crossed: told of each crossing; may not return.
  public init(_ crossed: @escaping @Sendable (CrashPoint, Side) -> Void = { _, _ in }) { self.crossed = crossed }

  public func cross<Answer: Sendable>(
    _ point: CrashPoint, isolation: isolated (any Actor)? = #isolation, _ work: () async throws(Fault) -> Answer
  ) async throws(Fault) -> Answer {
    crossed(point, .before)
    let answer = try await work()
    crossed(point, .after)
    return answer
  }

  public func cross<Answer>(_ point: CrashPoint, _ work: () throws(Fault) -> Answer) throws(Fault) -> Answer {
    crossed(point, .before)
    let answer = try work()
    crossed(point, .after)
    return answer
  }
}
