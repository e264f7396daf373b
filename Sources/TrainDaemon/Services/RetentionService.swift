internal import Logging
internal import ServiceLifecycle
internal import TrainCore
internal import TrainEngine

/// Frees the spool soon after a publication, prunes history now and then.
struct RetentionService: Service {
  let host: EngineHost
  let time: any TimeSource
  let logger: Logger

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      var historyDue = time.monotonic
      while true {
        do {
          let live = await host.current()
          let retention = Retention(live.config)
          try await live.engine.sweepSpool(retention)
          if time.monotonic >= historyDue {
            try await live.engine.sweepHistory(retention) {
              let reading = live.specs.read()
              return reading.isWhole ? reading.names : nil
            }
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
