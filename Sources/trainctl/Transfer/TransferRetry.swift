internal import TrainControl

/// Goes on with a transfer after a failure that may pass, for about a minute without any progress.
struct TransferRetry {
  private static let tries = 10
  /// Nobody sits and waits longer for a far side that asks for it: then it is told.
  private static let mostWait = Duration.seconds(60)
  /// In a row.
  private(set) var failures = 0

  mutating func progressed() { failures = 0 }

  /// Returns when it is time to try again.
  /// - Throws: `error`, when it will not pass or has lasted too long.
  mutating func pause(after error: ControlError) throws(ControlError) {
    switch error.kind {
    case .unreachable, .tryAgain: break
    case .failed, .usage, .badSpec, .conflict, .notFound, .tooLarge, .notPermitted, .badConfiguration, .unsupported,
      .internalError:
      throw error
    }
    failures += 1
    guard failures < Self.tries, (error.retryAfter ?? .zero) <= Self.mostWait else { throw error }
    ReconnectBackoff.sleep(max(min(.milliseconds(125 << failures), .seconds(15)), error.retryAfter ?? .zero))
  }
}
