public import ServiceLifecycle
public import TrainCore

/// Pings systemd's watchdog, but only while the daemon proves that its work turns: a daemon that hangs is started anew.
public struct WatchdogService: Service {
  private let notifier: Notifier
  private let time: any TimeSource
  private let isAlive: @Sendable () async -> Bool

  /// - Parameter isAlive: goes once through everything that has to turn (the store's writer, the supervisor's mailbox,
  ///   ...) and returns whether all of it answered. One that never returns counts as dead: it is what the watchdog
  ///   is for.
  public init(notifier: Notifier, time: any TimeSource, isAlive: @escaping @Sendable () async -> Bool) {
    self.notifier = notifier
    self.time = time
    self.isAlive = isAlive
  }

  /// Runs until the service group shuts down. Without a watchdog it waits for that and does nothing else.
  public func run() async throws {
    guard let interval = notifier.watchdogInterval else {
      try? await gracefulShutdown()
      return
    }
    // Cancelled = shut down; systemd stops its watchdog at STOPPING=1.
    try? await cancelWhenGracefulShutdown { try await ping(every: interval) }
  }

  private func ping(every interval: Duration) async throws {
    while true {
      let begun = time.monotonic
      if await isAlive() { notifier.watchdog() }
      // Three in an interval: one lost or late ping kills nobody.
      try await time.sleep(until: begun + interval / 3)
    }
  }
}
