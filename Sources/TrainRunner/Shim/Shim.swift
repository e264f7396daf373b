internal import CProcess
internal import Glibc
public import TrainCore

/// The process beside one job's command: starts it once, waits for it, and writes down how it ended.
///
/// It holds the job's lock for its life, has one thread, and needs neither runner nor daemon.
public enum Shim {
  /// - Parameter path: the job's directory.
  /// - Returns: the process's exit status.
  public static func run(directory path: String, boundary: Boundary = Boundary()) -> Int32 {
    do throws(RunnerError) {
      guard let job = try claim(path) else { return 0 }
      defer { withExtendedLifetime(job.lock) {} }
      try Shim.run(job.directory, request: job.request, at: path, boundary)
      return 0
    } catch {
      complain(error)
      return 1
    }
  }

  /// The job, if it is for this process to run: `nil` when another shim has it, had it, or it is over.
  private static func claim(
    _ path: String
  ) throws(RunnerError) -> (directory: JobDirectory, request: RequestRecord, lock: Descriptor)? {
    _ = train_set_name("traind-shim")
    umask(0o077)
    guard chdir(path) == 0 else { throw .system("entering \(path)") }
    guard let descriptor = try Descriptor.openDirectory(".") else { throw RunnerError(.io, "\(path) is gone") }
    let directory = JobDirectory(key: String(path.split(separator: "/").last ?? ""), descriptor: descriptor)
    let lock = try directory.lockFile()
    guard train_lock(lock.raw) == 0 else {
      if errno == EAGAIN || errno == EACCES { return nil }
      throw .system("locking \(path)")
    }
    // An earlier shim got as far as a command: whatever became of it, it is not started again.
    if try directory.shim() != nil { return nil }
    if try directory.exit() != nil { return nil }
    if try directory.release() != nil { return nil }
    guard let request = try directory.request() else { throw RunnerError(.io, "\(path) has no \(RequestRecord.name)") }
    return (directory, request, lock)
  }

  private static func run(
    _ directory: JobDirectory, request: RequestRecord, at path: String, _ boundary: Boundary
  ) throws(RunnerError) {
    let signals = train_signal_descriptor([SIGCHLD, SIGUSR1, SIGTERM, SIGINT, SIGHUP], 5)
    guard signals >= 0 else { throw .system("taking signals") }
    signal(SIGPIPE, SIG_IGN)
    guard train_become_subreaper() == 0 else { throw .system("becoming the parent of orphans") }

    let boot = try Boot.identifier()
    // Before the command is forked, which is as expensive as it gets for nothing.
    if try directory.stop() != nil {
      return settle(
        directory, .neverStarted(stopped: true, message: "stopped before it started", boot: boot), boundary)
    }
    let watch = try CommandWatch(directory, signals: Descriptor(adopting: signals), boundary: boundary)
    let command: GatedCommand
    do throws(RunnerError) {
      command = try prepare(request.request, at: path, boundary)
    } catch {
      return settle(directory, .neverStarted(stopped: false, message: error.message, boot: boot), boundary)
    }
    let pid = command.pid
    let output = command.output
    guard let own = ProcessStat(of: getpid()) else { throw RunnerError(.io, "reading /proc/self/stat") }
    let started = WallClock.now
    try boundary.cross(.shimStartRecord) { () throws(RunnerError) in
      try directory.write(
        ShimRecord(boot: boot, pid: own.pid, startTicks: own.startTicks, command: pid, started: started),
        ShimRecord.name)
    }
    // From here on a runner finds this process by its record and tells it of a stop; before, it left only the stop's.
    if try directory.stop() != nil {
      return settle(
        directory, .neverStarted(stopped: true, message: "stopped before it started", boot: boot), boundary)
    }
    do throws(RunnerError) {
      try command.start(boundary)
    } catch {
      return settle(directory, .neverStarted(stopped: false, message: error.message, boot: boot), boundary)
    }
    let status = watch.wait(for: pid, output: output)
    let ended = WallClock.now
    let stopped = (try? directory.stop()) != nil
    // What is said to be there has to be there after a power cut.
    boundary.cross(.shimSyncOutput) { syncOutput(of: directory) }
    settle(
      directory,
      ExitRecord(
        boot: boot, outcome: .exited, code: status & 0x7f == 0 ? Int(status >> 8) & 0xff : nil,
        signal: status & 0x7f == 0 ? nil : Int(status & 0x7f), message: nil, stopped: stopped, started: started,
        ended: ended), boundary)
  }

  private static func prepare(
    _ request: JobRequest, at path: String, _ boundary: Boundary
  ) throws(RunnerError) -> GatedCommand {
    let notify = "\(path)/\(JobDirectory.notify)"
    let environment = CommandEnvironment.variables(
      of: request, output: "\(path)/\(JobDirectory.output)",
      // The same place by a shorter name: our working directory is the job's.
      notifySocket: notify.utf8.count <= UnixSocket.longestPath
        ? notify : "/proc/\(getpid())/cwd/\(JobDirectory.notify)")
    let directory = request.directory ?? "\(path)/\(JobDirectory.work)"
    guard let program = request.command.first else { throw RunnerError(.badRequest, "the command is empty") }
    let searched = environment["PATH"] ?? CommandEnvironment.path
    guard let executable = CommandEnvironment.executable(program, path: searched, directory: directory) else {
      throw RunnerError(.io, "starting \(program): no such program in PATH=\(searched)")
    }
    return try boundary.cross(.shimFork) { () throws(RunnerError) -> GatedCommand in
      try GatedCommand(request.command, executable: executable, environment: environment, directory: directory)
    }
  }

  /// Writes the last word. How the command ended is known to this process alone, so it stays until the disk takes it.
  private static func settle(_ directory: JobDirectory, _ record: ExitRecord, _ boundary: Boundary) {
    var wait: Int32 = 250
    while true {
      do throws(RunnerError) {
        try boundary.cross(.shimEndRecord) { () throws(RunnerError) in
          unlinkat(directory.descriptor.raw, JobDirectory.notify, 0)
          try directory.write(record, ExitRecord.name)
        }
        return
      } catch {
        complain(error)
        poll(nil, 0, wait)
        wait = min(wait * 2, 10_000)
      }
    }
  }

  private static func syncOutput(of directory: JobDirectory) {
    guard let output = try? Descriptor.openDirectory(JobDirectory.output, in: directory.descriptor) else { return }
    if train_sync_filesystem(output.raw) != 0 { complain(.system("writing the output to the disk")) }
  }
}

extension ExitRecord {
  fileprivate static func neverStarted(stopped: Bool, message: String, boot: String) -> ExitRecord {
    ExitRecord(
      boot: boot, outcome: .failedToStart, message: message, stopped: stopped, started: nil, ended: WallClock.now)
  }
}
