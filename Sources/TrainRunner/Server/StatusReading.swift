internal import CProcess
internal import Glibc
internal import TrainCore

extension RunnerJobs {
  /// What the records say, and what is left to find out when they stop in the middle.
  func status(of job: JobDirectory, _ record: RequestRecord) throws(RunnerError) -> JobStatus {
    let request = record.request
    var status = JobStatus(
      key: job.key, identity: request.identity, job: request.job, attempt: request.attempt, phase: .pending,
      stopped: false, created: record.created)
    let release = try job.release()
    let (shim, exit) = try ending(of: job)
    if release == nil, let progress = try job.progress() {
      status.progress = progress.progress
      status.metrics = progress.metrics
      status.status = progress.status
    }
    status.started = shim?.started
    if let exit {
      take(exit, into: &status)
      if release == nil, exit.code != 0 { status.tail = try tail(of: job, JobDirectory.log) }
    } else {
      let stopAsked = try job.stop() != nil
      status.stopped = stopAsked
      status.phase = stopAsked ? .stopping : shim == nil ? .pending : .running
      // A shim that does not get as far as a command says why, and is started again.
      if shim == nil { status.message = try tail(of: job, JobDirectory.shimLog) }
    }
    if let release {
      status.phase = .released
      status.released = release.released
    }
    return status
  }

  private func take(_ exit: ExitRecord, into status: inout JobStatus) {
    status.phase =
      switch exit.outcome {
      case .exited: .exited
      case .failedToStart: .failedToStart
      case .vanished: .vanished
      }
    status.code = exit.code
    status.signal = exit.signal
    status.message = exit.message
    status.stopped = exit.stopped
    status.started = exit.started
    status.ended = exit.ended
  }

  /// The records of a start and an end; an end that nobody wrote is found out here.
  private func ending(of job: JobDirectory) throws(RunnerError) -> (ShimRecord?, ExitRecord?) {
    if let exit = try job.exit() { return (try job.shim(), exit) }
    // In this order: a shim gives its lock up only after its last word.
    guard let shim = try job.shim() else { return (nil, try job.exit()) }
    if try job.shimLives() { return (shim, nil) }
    if let exit = try job.exit() { return (shim, exit) }

    // As a shim's, so that only one of us writes the last word.
    let lock = try job.lockFile()
    guard train_lock(lock.raw) == 0 else { return (shim, nil) }
    if let exit = try job.exit() { return (shim, exit) }
    let boot = try Boot.identifier()
    let why: String
    if boot != shim.boot {
      why = "the machine went down while the command ran"
    } else if Leftovers.bury(shim) {
      why = "the process that watched the command was killed, and the command with it"
    } else {
      // Something of it does not die: as long as it is there, nothing is over.
      return (shim, nil)
    }
    let exit = ExitRecord(
      boot: boot, outcome: .vanished, message: why, stopped: try job.stop() != nil, started: shim.started,
      ended: WallClock.now)
    try boundary.cross(.runnerEndRecord) { () throws(RunnerError) in try job.write(exit, ExitRecord.name) }
    return (shim, exit)
  }

  private func tail(of job: JobDirectory, _ name: String) throws(RunnerError) -> String? {
    guard let log = try Descriptor.open(name, in: job.descriptor) else { return nil }
    let size = Int64(try log.attributes(name).st_size)
    let start = max(0, size - Int64(JobStatus.tailBytes))
    var bytes = try log.read(at: start, limit: JobStatus.tailBytes, of: name)[...]
    if start > 0, let first = bytes.firstIndex(of: UInt8(ascii: "\n")), first + 1 < bytes.endIndex {
      bytes = bytes[(first + 1)...]
    }
    while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

extension JobStatus {
  static func unreadable(_ key: String, _ message: String) -> JobStatus {
    var status = JobStatus(
      key: key, identity: "", job: "", attempt: 0, phase: .unreadable, stopped: false,
      created: .init(milliseconds: 0))
    status.message = message
    return status
  }
}
