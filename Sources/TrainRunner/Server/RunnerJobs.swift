internal import CProcess
internal import Glibc
internal import Synchronization
internal import TrainCore

/// The runner's directory: a directory per job, and all that can be done to one.
///
/// Everything is on the disk: runners come and go, and two of them at once do no harm.
final class RunnerJobs: Sendable {
  /// How long the record of a removed job is kept.
  static let remembered = Duration.seconds(60 * 60 * 24 * 90)
  /// Between two tries to start the shim of a job that does not get one.
  private static let restartPause = Duration.seconds(5)

  private let path: String
  private let root: Descriptor
  private let starter: ShimStarter
  let boundary: Boundary
  private let restarts = Mutex<[String: Deadline]>([:])

  init(
    _ path: String, starter: ShimStarter = ShimStarter(), boundary: Boundary = Boundary()
  ) throws(RunnerError) {
    guard path.hasPrefix("/") else { throw RunnerError(.io, "the directory \(path) is not absolute") }
    try boundary.cross(.runnerMakeRoot) { () throws(RunnerError) in
      if mkdir(path, 0o700) != 0 && errno != EEXIST { throw .system("making the directory \(path)") }
    }
    let raw = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard raw >= 0 else { throw .system("opening the directory \(path)") }
    root = Descriptor(adopting: raw)
    self.path = path
    self.starter = starter
    self.boundary = boundary
  }

  // MARK: Calls

  func start(_ request: JobRequest) throws(RunnerError) -> JobStatus {
    if let problem = request.problem { throw RunnerError(.badRequest, "job \(request.key): \(problem)") }
    return try exclusively { () throws(RunnerError) in
      if let job = try JobDirectory.open(request.key, in: root), let record = try job.request() {
        if try !isForgettable(job, for: request) {
          guard record.request.identity == request.identity else {
            throw RunnerError(
              .conflict,
              "the key \(request.key) belongs to another training, accepted at \(record.created.milliseconds) ms")
          }
          try startShim(of: job, always: true)
          return try status(of: job, record)
        }
        try discard(request.key)
      }
      try make(request)
      guard let job = try JobDirectory.open(request.key, in: root), let record = try job.request() else {
        throw RunnerError(.io, "job \(request.key): its directory is gone")
      }
      try startShim(of: job, always: true)
      return try status(of: job, record)
    }
  }

  func stop(_ key: String, force: Bool) throws(RunnerError) -> JobStatus {
    try exclusively { () throws(RunnerError) in
      let (job, record) = try known(key)
      if try !status(of: job, record).phase.isFinal {
        let asked = try job.stop()
        // The intent first: a shim that starts right now finds it, whoever dies in between.
        if asked == nil || (force && asked?.force == false) {
          try boundary.cross(.runnerStopRecord) { () throws(RunnerError) in
            try job.write(StopRecord(force: force, asked: WallClock.now), StopRecord.name)
          }
        }
        try nudge(job)
        try startShim(of: job, always: true)
      }
      return try status(of: job, record)
    }
  }

  func status(_ keys: [String]) throws(RunnerError) -> [JobStatus?] {
    guard keys.count <= JobStatus.mostKeys else {
      throw RunnerError(.badRequest, "\(keys.count) keys in one call; \(JobStatus.mostKeys) at most")
    }
    var statuses: [JobStatus?] = []
    for key in keys {
      do throws(RunnerError) {
        statuses.append(try status(of: key))
      } catch  where error.code == .unreadable {
        // One bad file keeps nobody from hearing of the others.
        statuses.append(.unreadable(key, error.message))
      }
    }
    return statuses
  }

  private func status(of key: String) throws(RunnerError) -> JobStatus? {
    guard JobRequest.isKey(key), let job = try JobDirectory.open(key, in: root), let record = try job.request() else {
      return nil
    }
    try startShim(of: job, always: false)
    return try status(of: job, record)
  }

  func list(after: String?, limit: Int) throws(RunnerError) -> [JobStatus] {
    let keys = try keys().filter { key in after.map { $0 < key } ?? true }.sorted()
    return try status(Array(keys.prefix(min(max(limit, 0), JobStatus.mostKeys)))).compactMap { $0 }
  }

  func logs(
    _ key: String, offset: Int64, limit: Int
  ) throws(RunnerError) -> (bytes: [UInt8], size: Int64, ended: Bool) {
    let (job, record) = try known(key)
    // Asked before the bytes are read: an end that comes in between is seen next time.
    let phase = try status(of: job, record).phase
    if phase == .released { throw RunnerError(.unknownKey, "job \(key): its output was removed") }
    guard let log = try Descriptor.open(JobDirectory.log, in: job.descriptor) else { return ([], 0, phase.isFinal) }
    let bytes = try log.read(at: offset, limit: min(max(limit, 0), RunnerReply.longestBody), of: "the log of \(key)")
    return (bytes, Int64(try log.attributes("the log of \(key)").st_size), phase.isFinal)
  }

  func files(_ key: String) throws(RunnerError) -> [OutputFile] { try output(of: key).files() }

  func read(
    _ key: String, path: String, tag: String, offset: Int64, length: Int
  ) throws(RunnerError) -> (bytes: [UInt8], size: Int64) {
    try output(of: key).read(
      path, tag: tag, offset: max(0, offset), length: min(max(length, 0), RunnerReply.longestBody))
  }

  func remove(_ key: String) throws(RunnerError) {
    try exclusively { () throws(RunnerError) in
      guard let job = try JobDirectory.open(key, in: root), let record = try job.request() else { return }
      guard try status(of: job, record).phase.isFinal else {
        throw RunnerError(.running, "job \(key) has not ended", hint: "stop it first")
      }
      if try job.release() == nil {
        try boundary.cross(.runnerReleaseRecord) { () throws(RunnerError) in
          try job.write(ReleaseRecord(released: WallClock.now), ReleaseRecord.name)
        }
      }
      try clear(job)
    }
  }

  /// What a start of the runner does: finishes what an earlier one began.
  func resume() throws(RunnerError) {
    try exclusively { () throws(RunnerError) in
      for entry in try root.entries(of: path) {
        let name = String(decoding: entry.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard name.hasPrefix(RunnerJobs.temporary) else { continue }
        try boundary.cross(.runnerTidy) { () throws(RunnerError) in try root.removeTree(name) }
      }
    }
    for key in try keys() {
      do throws(RunnerError) {
        try resume(key)
      } catch {
        // The others are to be served all the same; a status call says what is wrong with this one.
        complain(error)
      }
    }
  }

  private func resume(_ key: String) throws(RunnerError) {
    guard let job = try JobDirectory.open(key, in: root), try job.request() != nil else { return }
    if let release = try job.release() {
      try exclusively { () throws(RunnerError) in
        if WallClock.now - release.released > RunnerJobs.remembered { try discard(key) } else { try clear(job) }
      }
      return
    }
    try startShim(of: job, always: true)
    // The runner before us may have died between a stop's record and its signal.
    guard try job.stop() != nil else { return }
    if try job.exit() == nil { try nudge(job) }
  }

  // MARK: Parts

  private static let temporary = ".new."

  /// One change at a time, by any thread of any runner of this directory.
  private func exclusively<Value>(_ work: () throws(RunnerError) -> Value) throws(RunnerError) -> Value {
    guard let lock = try Descriptor.open(".lock", in: root, O_RDWR | O_CREAT) else {
      throw RunnerError(.io, "the directory \(path) is gone")
    }
    guard retrying({ flock(lock.raw, LOCK_EX) }) == 0 else { throw .system("locking \(path)") }
    return try work()
  }

  private func keys() throws(RunnerError) -> [String] {
    try root.entries(of: path)
      .map { String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
      .filter { JobRequest.isKey($0) }
  }

  private func known(_ key: String) throws(RunnerError) -> (JobDirectory, RequestRecord) {
    guard JobRequest.isKey(key), let job = try JobDirectory.open(key, in: root), let record = try job.request() else {
      throw RunnerError(.unknownKey, "there is no job \(key)")
    }
    return (job, record)
  }

  private func output(of key: String) throws(RunnerError) -> OutputTree {
    let (job, record) = try known(key)
    let phase = try status(of: job, record).phase
    if phase == .released { throw RunnerError(.unknownKey, "job \(key): its output was removed") }
    guard phase.isFinal else { throw RunnerError(.running, "job \(key) has not ended") }
    return try OutputTree(of: job)
  }

  /// The directory appears under its key with everything in it that a shim needs.
  private func make(_ request: JobRequest) throws(RunnerError) {
    let name = "\(RunnerJobs.temporary)\(UInt64.random(in: 0 ... .max))"
    let directory = try boundary.cross(.runnerMakeDirectory) { () throws(RunnerError) -> Descriptor in
      guard mkdirat(root.raw, name, 0o700) == 0, let directory = try Descriptor.openDirectory(name, in: root) else {
        throw .system("making the directory of job \(request.key)")
      }
      return directory
    }
    do throws(RunnerError) {
      try fill(directory, for: request)
    } catch {
      try? boundary.cross(.runnerTidy) { () throws(RunnerError) in try root.removeTree(name) }
      throw error
    }
    try boundary.cross(.runnerAppear) { () throws(RunnerError) in
      guard renameat(root.raw, name, root.raw, request.key) == 0 else { throw .system("making job \(request.key)") }
      try root.synchronize("the directory \(path)")
    }
  }

  private func fill(_ directory: Descriptor, for request: JobRequest) throws(RunnerError) {
    try boundary.cross(.runnerMakeFiles) { () throws(RunnerError) in
      for inner in [JobDirectory.output, JobDirectory.work] where mkdirat(directory.raw, inner, 0o700) != 0 {
        throw .system("making the directory of job \(request.key)")
      }
      _ = try Descriptor.open(JobDirectory.lock, in: directory, O_RDWR | O_CREAT)
      _ = try Descriptor.open(JobDirectory.log, in: directory, O_WRONLY | O_CREAT)
    }
    try boundary.cross(.runnerRequestRecord) { () throws(RunnerError) in
      try RecordFile.write(
        RequestRecord(request: request, created: WallClock.now), to: RequestRecord.name, in: directory)
    }
  }

  /// What is left of a job under this key was let go before the new one was intended. One that was let go since is the
  /// same intent, come back from a backup: it is not run again.
  private func isForgettable(_ job: JobDirectory, for request: JobRequest) throws(RunnerError) -> Bool {
    guard let release = try job.release() else { return false }
    return release.released <= request.intended
  }

  /// Starts the shim of a job that was accepted and has none.
  private func startShim(of job: JobDirectory, always: Bool) throws(RunnerError) {
    if try job.shim() != nil { return }
    if try job.exit() != nil { return }
    if try job.shimLives() { return }
    let isDue = restarts.withLock { restarts in
      if !always, let next = restarts[job.key], !next.hasPassed { return false }
      restarts = restarts.filter { !$0.value.hasPassed }
      restarts[job.key] = Deadline(after: RunnerJobs.restartPause)
      return true
    }
    guard isDue else { return }
    let directory = "\(path)/\(job.key)"
    try boundary.cross(.runnerStartShim) { () throws(RunnerError) in
      try starter.start(directory, complaints: "\(directory)/\(JobDirectory.shimLog)")
    }
  }

  /// Tells a living shim to look for a stop.
  private func nudge(_ job: JobDirectory) throws(RunnerError) {
    guard let shim = try job.shim() else { return }
    let raw = train_pidfd_open(shim.pid)
    guard raw >= 0 else { return }
    let descriptor = Descriptor(adopting: raw)
    // Only the process that wrote the record; its number may be another's by now.
    guard ProcessStat(of: shim.pid)?.startTicks == shim.startTicks, shim.boot == (try Boot.identifier()) else { return }
    boundary.cross(.runnerNudge) { train_pidfd_send(descriptor.raw, SIGUSR1) }
  }

  /// Removes all but the records, the release first among them.
  private func clear(_ job: JobDirectory) throws(RunnerError) {
    try boundary.cross(.runnerClear) { () throws(RunnerError) in
      for name in [
        JobDirectory.output, JobDirectory.work, JobDirectory.log, JobDirectory.shimLog, JobDirectory.notify,
        ProgressRecord.name,
      ] { try job.descriptor.removeTree(name) }
    }
  }

  private func discard(_ key: String) throws(RunnerError) {
    let name = "\(RunnerJobs.temporary)\(UInt64.random(in: 0 ... .max))"
    try boundary.cross(.runnerDiscard) { () throws(RunnerError) in
      guard renameat(root.raw, key, root.raw, name) == 0 else { throw .system("removing job \(key)") }
      try root.synchronize("the directory \(path)")
    }
    try boundary.cross(.runnerTidy) { () throws(RunnerError) in try root.removeTree(name) }
  }
}
