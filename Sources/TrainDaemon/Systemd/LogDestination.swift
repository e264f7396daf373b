public import Logging

/// Where the daemon's log goes: `--log`.
public enum LogDestination: String, CaseIterable, Sendable {
  /// The journal when our standard error goes there already and it answers; else standard error.
  case auto
  case journal
  case stderr

  /// What makes log handlers, for `LoggingSystem.bootstrap` or a `Logger(label:factory:)`.
  ///
  /// Asked-for or not, a journal that does not answer is never written to: libsystemd would drop the entries without a
  /// word.
  /// - Parameter environment: the process's; `JOURNAL_STREAM` is read.
  public func factory(
    level: Logger.Level, environment: [String: String]
  ) -> @Sendable (String) -> any LogHandler {
    switch resolved(environment: environment) {
    case .journal: { _ in JournalLogHandler(level: level) }
    case .auto, .stderr: { _ in StderrLogHandler(level: level) }
    }
  }

  /// ``journal`` or ``stderr``, as it is here and now.
  public func resolved(environment: [String: String]) -> LogDestination {
    resolved(
      isStream: JournalSocket.isStream(environment["JOURNAL_STREAM"], descriptor: 2), answers: JournalSocket.answers())
  }

  func resolved(isStream: Bool, answers: Bool) -> LogDestination {
    switch self {
    case .auto: isStream && answers ? .journal : .stderr
    case .journal: answers ? .journal : .stderr
    case .stderr: .stderr
    }
  }
}
