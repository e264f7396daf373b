internal import ServiceLifecycle
internal import TrainCore
internal import TrainEngine
internal import TrainStore

/// Watches the space that the store has: stops the intake before nothing can be written down any more, and takes the reserve
/// again when there is room.
struct SpaceService: Service {
  let host: EngineHost
  let store: SQLiteStore
  let time: any TimeSource

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while true {
        let fault = await store.spaceFault()
        await host.current().engine.health.space(fault)
        try await time.sleep(until: time.monotonic + .seconds(fault == nil ? 5 : 1))
      }
    }
  }
}
