internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import TrainControl
internal import UnixSignals

/// HUP = reload. Once the daemon is stopping, another TERM or INT ends it at once: what it owes is in the store.
struct SignalService: Service {
  let operations: Operations
  let notifier: Notifier
  let logger: Logger

  func run() async throws {
    let (stopping, stop) = AsyncStream.makeStream(of: Void.self)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await reloadOnHangup() }
      group.addTask {
        for await _ in stopping { break }
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { _exit(1) }
      }
      group.addTask {
        try? await gracefulShutdown()
        notifier.stopping(status: "stopping; jobs go on")
        stop.finish()
      }
      // Everything else is done when the group's other services are: this one never holds them up.
      await group.next()
      try? await gracefulShutdown()
      group.cancelAll()
    }
  }

  private func reloadOnHangup() async {
    for await _ in await UnixSignalsSequence(trapping: .sighup) {
      notifier.reloading(status: "reloading")
      do {
        let view = try await operations.reload()
        logger.info("reloaded", metadata: ["changed": "\(view.changed.joined(separator: "; "))"])
      } catch {
        logger.error("could not reload; the daemon goes on with what it has", metadata: ["fault": "\(error)"])
      }
      notifier.ready()
    }
  }
}
