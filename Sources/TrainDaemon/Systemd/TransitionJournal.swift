public import Logging
public import TrainCore

/// Writes a job's story into the log: one entry per transition, with the fields that `journalctl TRAIND_JOB=...` finds.
public struct TransitionJournal: Sendable {
  /// One entry before it is logged.
  struct Entry: Equatable {
    var kind: TransitionKind
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata
  }

  private let logger: Logger

  public init(logger: Logger) { self.logger = logger }

  /// Logs a transition that is durable already.
  /// - Parameter job: the job as it is after the transition, or later.
  public func write(_ event: EventRecord, of job: JobRecord) {
    log(Self.entry(for: event, of: job))
  }

  /// Logs how far an upload is. ``UploadProgressPace`` says when that is worth an entry.
  public func progress(of job: JobRecord, registry: String, sent: Int64, total: Int64) {
    log(Self.progressEntry(of: job, registry: registry, sent: sent, total: total))
  }

  private func log(_ entry: Entry) {
    logger.log(level: entry.level, "\(entry.message)", metadata: entry.metadata)
  }

  static func entry(for event: EventRecord, of job: JobRecord) -> Entry {
    let step = event.transition
    let kind = TransitionKind(step)
    var metadata = common(job)
    // The transition's own facts first: where a key is also a field of every entry, that one is right.
    for (key, value) in step.detail {
      if let text = value.string ?? value.int.map(String.init) { metadata[key] = .string(text) }
    }
    metadata["job"] = .string(event.job.description)
    metadata["message_id"] = .string(kind.messageID)
    metadata["event"] = .string("\(event.sequence)")
    metadata["attempt"] = .string("\(step.attempt)")
    metadata["state"] = .string(step.to.rawValue)
    metadata["previous_state"] = .string(step.from.rawValue)
    metadata["reason"] = step.reason.map { .string($0.rawValue) }
    metadata["message"] = step.message.map { .string($0) }
    metadata["actor_uid"] = step.actor.map { .string("\($0.uid)") }
    metadata["actor_user"] = step.actor.map { .string($0.user) }
    if metadata["remote_id"] == nil, step.detail["registry"] == nil, let run = job.machine.lastRun,
      run.attempt == step.attempt, step.to != .queued, step.to != .submitting
    {
      metadata["remote_id"] = .string(run.handle.reference)
    }
    if metadata["digest"] == nil, step.to == .done, let artifact = job.machine.artifact {
      metadata["digest"] = .string(artifact.digest)
    }
    return Entry(
      kind: kind, level: level(kind, step.reason), message: message(kind, event), metadata: metadata)
  }

  static func progressEntry(of job: JobRecord, registry: String, sent: Int64, total: Int64) -> Entry {
    var metadata = common(job)
    metadata["message_id"] = .string(TransitionKind.publicationProgress.messageID)
    metadata["attempt"] = .string("\(job.machine.attempt)")
    metadata["state"] = .string(job.machine.state.word.rawValue)
    metadata["registry"] = .string(registry)
    metadata["bytes_sent"] = .string("\(sent)")
    metadata["bytes_total"] = .string("\(total)")
    let percent = total > 0 ? Int((Double(sent) / Double(total) * 100).rounded(.down)) : 100
    return Entry(
      kind: .publicationProgress, level: .info,
      message: "\(job.id): \(registry): \(sent) of \(total) bytes sent (\(percent) %)", metadata: metadata)
  }

  private static func common(_ job: JobRecord) -> Logger.Metadata {
    [
      "job": .string(job.id.description), "spec": .string(job.spec.name), "version": .string(job.version),
      "provider": .string(job.spec.provider),
    ]
  }

  /// A warning is something that stays as it is until an operator acts.
  private static func level(_ kind: TransitionKind, _ reason: JobReason?) -> Logger.Level {
    switch kind {
    case .failed: .warning
    case .publicationFailed: reason == .publishRefused ? .warning : .info
    case .held: reason == .heldByUser ? .info : .warning
    case .noted: reason == .promotionRefused ? .warning : reason == .uploadLeft ? .notice : .info
    case .backingOff: .notice
    case .cancelled: reason == .cancelledRemotely ? .notice : .info
    case .accepted, .queued, .submitting, .submitted, .running, .publishing, .cancelling, .done, .released,
      .cancelRequested, .artifactFetched, .publicationWaiting, .publicationUploading, .publicationProgress,
      .publicationCommitted:
      .info
    }
  }

  private static func message(_ kind: TransitionKind, _ event: EventRecord) -> String {
    let step = event.transition
    var text = "\(event.job): \(what(kind, step))"
    if let reason = step.reason { text += " (\(reason.rawValue))" }
    // The first line is for the eye; the whole is in TRAIND_MESSAGE.
    if let line = step.message?.split(whereSeparator: \.isNewline).first { text += ": \(line)" }
    return text
  }

  private static func what(_ kind: TransitionKind, _ step: Transition) -> String {
    switch kind {
    case .queued, .submitting, .submitted, .running, .backingOff, .publishing, .cancelling, .done, .failed,
      .cancelled:
      "\(step.from.rawValue) -> \(step.to.rawValue)"
    case .accepted: "accepted"
    case .held: "held"
    case .released: "released"
    case .cancelRequested: "cancel accepted"
    case .artifactFetched: "artifact fetched and verified"
    case .publicationWaiting, .publicationUploading, .publicationProgress, .publicationCommitted, .publicationFailed:
      "\(step.detail["registry"]?.string ?? "registry"): \(step.detail["publication"]?.string ?? "noted")"
    case .noted: step.to.rawValue
    }
  }
}
