internal import ServiceLifecycle
internal import TrainEngine

/// The engine's deadlines and pollers, until the daemon stops. What jobs owe stays in the store.
struct EngineService: Service {
  let engine: Engine

  func run() async throws {
    // Cancelled = shut down; that is no error.
    _ = try? await cancelWhenGracefulShutdown { () async throws in await engine.run() }
    await engine.stop()
  }
}
