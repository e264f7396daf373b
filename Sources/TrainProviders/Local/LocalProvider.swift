public import TrainCore
internal import TrainRunner

/// Trains on this machine, through traind-runner: a process of its own, of its own user where systemd starts it.
public struct LocalProvider: Provider {
  public static let kind = "local"
  /// `slots`: jobs at once. `socket`: of a runner that somebody else starts; without it the daemon starts one.
  public static let schema = ConnectionSchema(
    kind: kind, keys: [.init("slots", .integer(least: 1)), .init("socket", .path)])

  /// The jobs that may run at once when the connection says no `max_running`.
  public static func slots(of connection: ConnectionConfig) -> Int {
    Int(clamping: connection.settings["slots"]?.int ?? 1)
  }

  /// The socket of a runner that the daemon does not start; `nil` = it does.
  public static func socket(of connection: ConnectionConfig) -> String? { connection.settings["socket"]?.string }

  /// How much older than its intent a job may be and still be ours: the runner's clock is another process's.
  static let skew = Duration.seconds(60)
  /// How long a job has to be unknown to the runner before it is lost.
  static let grace = Duration.seconds(60)
  static let logPage = 256 << 10
  static let readSize = 1 << 20

  public let traits = ProviderTraits(kind: LocalProvider.kind, guarantee: .byKey)
  let calls: LocalCalls
  private let absences: LocalAbsences

  /// - Parameter runner: where the runner listens, ``LocalRunner/access`` or ``RunnerAccess/init(socket:trouble:)``.
  public init(runner: RunnerAccess, time: any TimeSource, boundary: Boundary = Boundary()) {
    calls = LocalCalls(runner, boundary: boundary)
    absences = LocalAbsences(time: time, grace: LocalProvider.grace)
  }

  /// `<job>.<attempt>`: an attempt is digits, so nothing else has this key.
  static func key(of job: JobID, attempt: Int) -> String { "\(JobRequest.keyText(job.description)).\(attempt)" }

  public func problems(in spec: JobSpec) -> [SpecProblem] { LocalTrain.problems(in: spec.train) }

  public func find(_ submissions: [Submission]) async throws(Fault) -> [Finding<ProviderHandle>] {
    let keys = submissions.map { LocalProvider.key(of: $0.job, attempt: $0.attempt) }
    let statuses = try await statuses(of: keys, doing: "looking up \(keys.count) jobs")
    return zip(submissions, statuses).map(finding)
  }

  private func finding(_ submission: Submission, _ status: JobStatus?) -> Finding<ProviderHandle> {
    guard let status else { return .absent }
    let handle = ProviderHandle(reference: status.key)
    if status.phase == .unreadable {
      return .foreign(handle, why: "the runner can't read its record of \(status.key): \(status.message ?? "")")
    }
    let isOlder = status.created + LocalProvider.skew < submission.intended
    // All that is left of it is a memory, of another intent: the key is free.
    if let released = status.released, released <= submission.intended { return .absent }
    if status.identity != submission.identity {
      return .foreign(handle, why: "the runner's job \(status.key) is another training: its identity differs")
    }
    if isOlder {
      let age = (submission.intended - status.created).wholeMilliseconds / 1000
      return .foreign(handle, why: "the runner's job \(status.key) was started \(age) s before this one was intended")
    }
    return .ours(handle)
  }

  public func submit(_ submission: Submission) async throws(Fault) -> ProviderHandle {
    let train = try LocalTrain(submission.train)
    let suffix = "-r\(submission.attempt)"
    let request = JobRequest(
      key: LocalProvider.key(of: submission.job, attempt: submission.attempt), identity: submission.identity,
      intended: submission.intended, job: submission.job.description, attempt: submission.attempt,
      modelName: submission.modelName,
      // The command is told the version that will be published, whichever attempt it is.
      modelVersion: submission.attempt > 1 && submission.modelVersion.hasSuffix(suffix)
        ? String(submission.modelVersion.dropLast(suffix.count)) : submission.modelVersion,
      command: train.command, directory: train.directory, environment: train.environment)
    let status = try await calls.perform(.localStart, "starting \(request.key)") {
      (client, interrupt) throws(RunnerError) in
      try client.start(request, interrupt: interrupt)
    }
    return ProviderHandle(reference: status.key)
  }

  public func observe(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?] {
    let keys = handles.map(\.reference)
    let statuses = try await statuses(of: keys, doing: "asking about \(keys.count) jobs")
    return zip(keys, statuses).map { key, status in
      guard let status else { return absences.absent(key) }
      absences.present(key)
      return Observation(status)
    }
  }

  public func cancel(_ handle: ProviderHandle, force: Bool) async throws(Fault) {
    let key = handle.reference
    try await calls.perform(.localStop, "stopping \(key)") { (client, interrupt) throws(RunnerError) in
      do throws(RunnerError) {
        _ = try client.stop(key, force: force, interrupt: interrupt)
      } catch  where error.code == .unknownKey {
        // There is nothing to stop; that it is lost is for `observe` to find.
      }
    }
  }

  public func fetch(_ handle: ProviderHandle, into sink: any ArtifactSink) async throws(Fault) {
    let key = handle.reference
    let files = try await calls.perform(.localFiles, "listing the output of \(key)") {
      (client, interrupt) throws(RunnerError) in
      try client.files(key, interrupt: interrupt)
    }
    for file in files { try await fetch(file, of: key, into: sink) }
  }

  private func fetch(_ file: OutputFile, of key: String, into sink: any ArtifactSink) async throws(Fault) {
    var offset = try await sink.open(file.path, tag: file.tag, total: file.bytes)
    if offset > file.bytes {
      try await sink.discard(file.path)
      offset = try await sink.open(file.path, tag: file.tag, total: file.bytes)
    }
    while offset < file.bytes {
      let start = offset
      let bytes = try await calls.perform(.localRead, "reading \(file.path) of \(key)") {
        (client, interrupt) throws(RunnerError) in
        try client.read(
          key, path: file.path, tag: file.tag, offset: start, length: LocalProvider.readSize, interrupt: interrupt)
      }
      guard !bytes.isEmpty, offset + Int64(bytes.count) <= file.bytes else {
        throw .transient(.corrupted, "reading \(file.path) of \(key): it ends at byte \(offset) of \(file.bytes)")
      }
      try await sink.write(bytes, to: file.path)
      offset += Int64(bytes.count)
    }
    _ = try await sink.finish(file.path)
  }

  public func logs(_ handle: ProviderHandle, after cursor: String?) async throws(Fault) -> LogPage {
    try await calls.logs(handle.reference, after: cursor)
  }

  public func release(_ handle: ProviderHandle) async throws(Fault) {
    let key = handle.reference
    try await calls.perform(.localRemove, "removing \(key)") { (client, interrupt) throws(RunnerError) in
      try client.remove(key, interrupt: interrupt)
    }
  }

  public var platform: (any Platform)? { LocalPlatform(calls: calls) }

  private func statuses(of keys: [String], doing: String) async throws(Fault) -> [JobStatus?] {
    var statuses: [JobStatus?] = []
    while statuses.count < keys.count {
      let some = Array(keys[statuses.count...].prefix(JobStatus.mostKeys))
      statuses += try await calls.perform(.localStatus, doing) { (client, interrupt) throws(RunnerError) in
        try client.status(some, interrupt: interrupt)
      }
    }
    return statuses
  }
}
