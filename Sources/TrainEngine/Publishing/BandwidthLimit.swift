import TrainCore

/// A token bucket shared by all uploads.
actor BandwidthLimit: Pace {
  private let rate: Int64?
  private let time: any TimeSource
  /// When all that was taken so far is paid for.
  private var paidUntil: Duration

  /// - Parameter rate: bytes per second; `nil` = no limit.
  init(rate: Int64?, time: any TimeSource) {
    self.rate = rate
    self.time = time
    paidUntil = time.monotonic
  }

  func take(_ bytes: Int) async throws(Fault) {
    guard let rate, rate > 0 else { return }
    let now = time.monotonic
    // At most a quarter of a second of credit is saved up.
    paidUntil = max(paidUntil, now - .milliseconds(250)) + .seconds(Double(bytes) / Double(rate))
    guard paidUntil > now else { return }
    do { try await time.sleep(until: paidUntil) } catch {
      throw Fault.transient(.interrupted, "the upload was interrupted", effect: .none)
    }
  }
}
