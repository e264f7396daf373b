internal import ServiceLifecycle
internal import TrainCore
internal import TrainEngine

/// Watches the space that the store has: stops the intake before nothing can be written down any more, and takes the
/// reserve again when there is room.
struct SpaceService: Service {
  let host: EngineHost
  let time: any TimeSource

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while true {
        let isShort = await host.current().engine.checkSpace()
        try await time.sleep(until: time.monotonic + .seconds(isShort ? 1 : 5))
      }
    }
  }
}
