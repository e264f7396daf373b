internal import ServiceLifecycle
internal import TrainProviders

/// Keeps the runner of local jobs running. Its jobs outlive both.
struct RunnerService: Service {
  let runner: LocalRunner

  func run() async throws {
    await withGracefulShutdownHandler {
      await runner.run()
    } onGracefulShutdown: {
      runner.shutdown()
    }
  }
}
