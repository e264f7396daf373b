import Logging
import TrainCore

/// Asks one connection about all its runs together. However many jobs there are, it is one round of calls; the
/// interval is short after a change, doubles with each quiet round, and is jittered.
actor ProviderPoller {
  private struct Watch {
    var run: Run
    var last: Observation?
  }

  private let connection: ProviderConnection
  private let settings: EngineSettings
  private let time: any TimeSource
  private let logger: Logger
  private let deliver: @Sendable (JobID, JobEvent) async -> Void
  private var watches: [JobID: Watch] = [:]
  private var interval: Duration
  private var round = 0
  private var sleeper: Task<Void, Never>?
  private var sleepsUntil: Duration?
  private var hurried = false
  private(set) var nextCheck: Timestamp?

  init(
    connection: ProviderConnection, settings: EngineSettings, time: any TimeSource, logger: Logger,
    deliver: @escaping @Sendable (JobID, JobEvent) async -> Void
  ) {
    self.connection = connection
    self.settings = settings
    self.time = time
    self.logger = logger
    self.deliver = deliver
    interval = settings.pollFastest
  }

  func watch(_ job: JobID, _ run: Run) {
    if watches[job]?.run.attempt != run.attempt {
      watches[job] = Watch(run: run)
      hurry()
    }
  }

  func forget(_ job: JobID) { watches[job] = nil }

  /// Somebody waits for news: poll at the fastest pace again.
  func hurry() {
    interval = settings.pollFastest
    guard let sleepsUntil, sleepsUntil > time.monotonic + settings.pollFastest else { return }
    hurried = true
    sleeper?.cancel()
  }

  var watched: Int { watches.count }

  /// Runs until its task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await pause()
      if Task.isCancelled { return }
      if !watches.isEmpty { await ask() }
    }
  }

  private func pause() async {
    hurried = false
    let wait = jittered(watches.isEmpty ? .seconds(3600) : interval)
    nextCheck = watches.isEmpty ? nil : time.now + wait
    let deadline = time.monotonic + wait
    let time = time
    let sleeper = Task { _ = try? await time.sleep(until: deadline) }
    self.sleeper = sleeper
    sleepsUntil = deadline
    await withTaskCancellationHandler {
      await sleeper.value
    } onCancel: {
      sleeper.cancel()
    }
    self.sleeper = nil
    sleepsUntil = nil
    // Hurried out of a long sleep: still not faster than the fastest pace.
    if hurried, !Task.isCancelled {
      let soon = time.monotonic + settings.pollFastest
      nextCheck = time.now + settings.pollFastest
      _ = try? await time.sleep(until: soon)
    }
  }

  private func jittered(_ wait: Duration) -> Duration {
    round += 1
    let spread = Int64(Jitter.value(connection.name, round) % 200)
    return wait * Int(900 + spread) / 1000
  }

  private func ask() async {
    let asked = watches.map { (job: $0.key, run: $0.value.run) }.sorted { $0.job < $1.job }
    let handles = asked.map(\.run.handle)
    do throws(Fault) {
      let answers = try await connection.call(.providerObserve) {
        (provider) async throws(Fault) -> [Observation?] in try await provider.observe(handles)
      }
      guard answers.count == asked.count else {
        throw Fault.transient(.badAnswer, "asked about \(asked.count) runs, got \(answers.count) answers")
      }
      var changed = false
      for (index, entry) in asked.enumerated() {
        guard let answer = answers[index], var watch = watches[entry.job], watch.run.attempt == entry.run.attempt,
          watch.last != answer
        else { continue }
        if watch.last?.phase != answer.phase { changed = true }
        watch.last = answer
        watches[entry.job] = watch
        await deliver(entry.job, .observed(attempt: entry.run.attempt, answer))
      }
      interval = changed ? settings.pollFastest : min(interval * 2, settings.pollSlowest)
    } catch {
      // Silence is no evidence: nothing is delivered, no state changes.
      interval = min(max(interval * 2, error.retryAfter ?? .zero), settings.pollSlowest)
      logger.debug(
        "could not ask the provider about its runs",
        metadata: ["provider": "\(connection.name)", "fault": "\(error)", "runs": "\(asked.count)"])
    }
  }
}
