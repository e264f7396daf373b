internal import Logging
internal import ServiceLifecycle
internal import TrainCore
internal import TrainEngine

/// Frees the spool soon after a publication, prunes history now and then.
struct RetentionService: Service {
  let engine: Engine
  let retention: Retention
  let specs: @Sendable () -> Set<String>
  let time: any TimeSource
  let logger: Logger

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      var historyDue = time.monotonic
      while true {
        do {
          try await engine.sweepSpool(retention)
          if time.monotonic >= historyDue {
            try await engine.sweepHistory(retention, specs: specs)
            historyDue = time.monotonic + .seconds(3600)
          }
        } catch {
          logger.notice("could not clean up", metadata: ["fault": "\(error)"])
        }
        try await time.sleep(until: time.monotonic + .seconds(60))
      }
    }
  }
}
