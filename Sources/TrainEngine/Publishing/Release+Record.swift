import TrainCore

extension Release {
  init(_ record: JobRecord, _ run: Run, artifact: Artifact, directory: String, options: JSON) {
    self.init(
      job: record.id, modelName: record.spec.modelName, modelVersion: record.version, artifact: artifact,
      directory: directory, options: options,
      provenance: Provenance(
        identity: record.identity, provider: record.spec.provider, remoteID: run.handle.reference,
        attempt: run.attempt, train: record.spec.written["train"] ?? .empty, started: run.started,
        finished: run.ended, metrics: record.machine.progress?.metrics ?? [:],
        sources: record.spec.provenance ?? .empty))
  }

  /// What a registry of the spec gets; `nil` when nothing was fetched yet.
  init?(_ record: JobRecord, for registry: String, in spool: Spool) {
    guard let artifact = record.machine.artifact, let run = record.machine.lastRun else { return nil }
    let options = record.spec.publish.first { $0.registry == registry }?.options ?? .empty
    self.init(
      record, run, artifact: artifact, directory: spool.directory(of: record.id, attempt: run.attempt),
      options: options)
  }
}
