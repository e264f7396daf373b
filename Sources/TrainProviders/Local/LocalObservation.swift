internal import TrainCore
internal import TrainRunner

extension Observation {
  /// What the runner's record says, in the words of the port.
  /// `nil` where it can't be read, which says nothing about the job.
  init?(_ status: JobStatus) {
    guard let phase = LocalPhase.phase(of: status) else { return nil }
    self.init(
      phase, hasRun: status.started != nil && status.phase != .failedToStart,
      progress: status.progress, metrics: status.metrics,
      status: status.status ?? (status.phase == .pending ? status.message : nil))
  }
}

enum LocalPhase {
  static func phase(of status: JobStatus) -> Observation.Phase? {
    switch status.phase {
    case .pending: .pending
    case .running: .running
    case .stopping: .stopping
    // Whatever a command says that was told to stop, it did not finish.
    case .exited where status.stopped, .failedToStart where status.stopped, .vanished where status.stopped: .cancelled
    case .exited where status.code == 0: .succeeded
    case .exited: .failed(message: ending(of: status) + lastLines(of: status))
    case .failedToStart: .failed(message: status.message ?? "the command could not be started")
    // Nobody saw how it ended: it may have trained to its end, so it is no failed attempt.
    case .vanished: .lost(message: (status.message ?? "the command is gone") + lastLines(of: status))
    case .unreadable: nil
    case .released: .lost(message: "the runner removed what \(status.key) left behind: it was taken over before")
    }
  }

  private static func ending(of status: JobStatus) -> String {
    if let code = status.code { return "the command ended with status \(code)" }
    if let signal = status.signal { return "the command was killed by signal \(signal)\(name(of: signal))" }
    return "the command failed"
  }

  private static func name(of signal: Int) -> String {
    let names = [
      1: "HUP", 2: "INT", 4: "ILL", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 11: "SEGV", 13: "PIPE", 15: "TERM",
    ]
    return names[signal].map { " (\($0))" } ?? ""
  }

  private static func lastLines(of status: JobStatus) -> String {
    guard let tail = status.tail, !tail.isEmpty else { return "; it wrote nothing" }
    return "; its last lines:\n\(tail.split(separator: "\n").suffix(20).joined(separator: "\n"))"
  }
}
