internal import CProcess
internal import Glibc
internal import TrainCore

/// Waits for a command: keeps its output, hears its notifications, passes stops on, buries what it leaves behind.
final class CommandWatch {
  private static let progressPause = Duration.milliseconds(500)
  /// How long what is left of a command may take to die of KILL.
  private static let burial = Duration.seconds(10)

  private let directory: JobDirectory
  private let boundary: Boundary
  private let signals: Descriptor
  private let notifications: Descriptor
  private var log: JobLog
  private var progress = ProgressRecord()
  private var progressIsNew = false
  private var nextProgress = Deadline(after: .zero)
  /// The strongest stop that was passed on.
  private var passedOn: StopRecord?

  init(_ directory: JobDirectory, signals: Descriptor, boundary: Boundary) throws(RunnerError) {
    self.directory = directory
    self.boundary = boundary
    self.signals = signals
    notifications = try boundary.cross(.shimListen) { () throws(RunnerError) -> Descriptor in
      try UnixSocket.datagrams(named: JobDirectory.notify, in: directory.descriptor)
    }
    let file = try boundary.cross(.shimOpenLog) { () throws(RunnerError) -> Descriptor? in
      try Descriptor.open(JobDirectory.log, in: directory.descriptor, O_WRONLY | O_CREAT | O_APPEND)
    }
    guard let file else { throw RunnerError(.io, "opening the log: its directory is gone") }
    log = try JobLog(file, boundary: boundary)
  }

  /// Returns the command's wait status, once nothing of it is left.
  func wait(for command: Int32, output: Descriptor) -> Int32 {
    var outputIsOpen = true
    passStopOn(to: command)
    while !hasEnded(command) {
      var entries = [
        pollfd(fd: signals.raw, events: Int16(POLLIN), revents: 0),
        pollfd(fd: notifications.raw, events: Int16(POLLIN), revents: 0),
        pollfd(fd: outputIsOpen ? output.raw : -1, events: Int16(POLLIN), revents: 0),
      ]
      _ = poll(&entries, nfds_t(entries.count), progressIsNew ? nextProgress.millisecondsLeft : -1)
      if entries[0].revents != 0 { takeSignals(of: command) }
      if entries[1].revents != 0 { takeNotifications(most: 64) }
      if entries[2].revents != 0 { outputIsOpen = takeOutput(output, most: 16) }
      if progressIsNew && nextProgress.hasPassed { writeProgress() }
    }
    // The leader is not reaped yet: its group's number can't belong to anybody else.
    kill(-command, SIGKILL)
    var status: Int32 = 0
    _ = retrying { waitpid(command, &status, 0) }
    bury()
    // Nobody writes any more: what is in the pipe and the socket is all there is.
    while outputIsOpen, takeOutput(output, most: 16), hasInput(output) {}
    while hasInput(notifications) { takeNotifications(most: 64) }
    log.close()
    if progressIsNew { writeProgress() }
    return status
  }

  private func hasEnded(_ command: Int32) -> Bool {
    while true {
      let ended = train_ended_child()
      if ended == command || ended < 0 { return true }
      if ended == 0 { return false }
      // An orphan of the command's that came to us.
      var status: Int32 = 0
      waitpid(ended, &status, 0)
    }
  }

  private func takeSignals(of command: Int32) {
    var wasNudged = false
    while true {
      switch train_take_signal(signals.raw) {
      case ...0:
        if wasNudged { passStopOn(to: command) }
        return
      // TERM, INT and HUP are for the command, which got its own: somebody has to stay and see how it ends.
      case SIGUSR1: wasNudged = true
      default: break
      }
    }
  }

  private func passStopOn(to command: Int32) {
    guard let stop = try? directory.stop() else { return }
    if stop.force {
      if passedOn?.force != true { kill(-command, SIGKILL) }
    } else if passedOn == nil {
      kill(-command, SIGTERM)
      // A stopped process would never hear of it.
      kill(-command, SIGCONT)
    }
    passedOn = stop
  }

  private func takeNotifications(most: Int) {
    var datagram = [UInt8](repeating: 0, count: NotifyMessage.longestDatagram)
    for _ in 0..<most {
      let count = datagram.withUnsafeMutableBytes { recv(notifications.raw, $0.baseAddress, $0.count, 0) }
      guard count >= 0 else { return }
      if NotifyMessage.apply(datagram[..<count], to: &progress) { progressIsNew = true }
    }
  }

  /// Whether there may be more.
  private func takeOutput(_ output: Descriptor, most: Int) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    for _ in 0..<most {
      let count = chunk.withUnsafeMutableBytes { read(output.raw, $0.baseAddress, $0.count) }
      if count == 0 { return false }
      if count < 0 { return errno == EAGAIN || errno == EINTR }
      log.take(chunk[..<count])
    }
    return true
  }

  private func hasInput(_ descriptor: Descriptor) -> Bool {
    var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLIN) != 0
  }

  /// For whoever looks: not durable, and lost with a power cut.
  private func writeProgress() {
    nextProgress = Deadline(after: CommandWatch.progressPause)
    let isWritten = boundary.cross(.shimProgressRecord) {
      (try? directory.write(progress, ProgressRecord.name, durable: false)) != nil
    }
    progressIsNew = !isWritten
  }

  /// Kills and reaps every descendant, also those that left the group: orphans come to this process.
  private func bury() {
    let deadline = Deadline(after: CommandWatch.burial)
    while !deadline.hasPassed {
      var status: Int32 = 0
      let reaped = waitpid(-1, &status, WNOHANG)
      if reaped < 0 { return }
      if reaped > 0 { continue }
      for child in ProcessStat.all() where child.parent == getpid() { kill(child.pid, SIGKILL) }
      var entry = pollfd(fd: signals.raw, events: Int16(POLLIN), revents: 0)
      _ = poll(&entry, 1, 100)
      while train_take_signal(signals.raw) > 0 {}
    }
  }
}
