internal import Glibc
internal import TrainControl

/// Rides out a restart of the daemon: waits and says go on, for as long as that is reasonable.
struct ReconnectBackoff {
  /// From the last sign of life until it is given up.
  static let most = Duration.seconds(120)

  private let deadline: ContinuousClock.Instant?
  private var lastContact: ContinuousClock.Instant?
  private var delay = Duration.milliseconds(100)

  /// - Parameter deadline: of the whole command.
  init(deadline: ContinuousClock.Instant? = nil) { self.deadline = deadline }

  mutating func contact() {
    lastContact = .now
    delay = .milliseconds(100)
  }

  /// Returns when it is time to try again.
  /// - Throws: `error`, when it will not pass, when there never was any contact, or when it has lasted too long.
  mutating func pause(after error: ControlError) throws(ControlError) {
    switch error.kind {
    case .unreachable, .tryAgain: break
    case .failed, .usage, .badSpec, .conflict, .notFound, .tooLarge, .notPermitted, .badConfiguration, .unsupported,
      .internalError:
      throw error
    }
    guard let lastContact, lastContact.duration(to: .now) < Self.most else { throw error }
    try Self.check(deadline)
    var wait = delay
    if let deadline { wait = min(wait, max(.zero, ContinuousClock.now.duration(to: deadline))) }
    Self.sleep(wait)
    try Self.check(deadline)
    delay = min(delay * 2, .seconds(2))
  }

  static func sleep(_ duration: Duration) { usleep(UInt32(max(0, min(duration / .microseconds(1), 4e9)))) }

  static func check(_ deadline: ContinuousClock.Instant?) throws(ControlError) {
    guard let deadline, ContinuousClock.now >= deadline else { return }
    throw ControlError(.tryAgain, "wait", "the time is up", hint: "give a longer --timeout")
  }
}
