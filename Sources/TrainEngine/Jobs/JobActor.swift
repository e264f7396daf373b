import DequeModule
import Logging
import TrainCore

/// The shell around one ``JobMachine``: copy, handle, commit, adopt, reconcile. It exists only while its job has an
/// event or an effect in flight.
actor JobActor {
  let id: JobID
  private(set) var record: JobRecord
  private let shell: JobShell
  private var mailbox = Deque<Envelope>()
  private var isWorking = false
  private var worker: Task<Void, Never>?
  private var isRetired = false
  private var needsReconciling = true
  private var running: [JobEffect: Running] = [:]
  /// The last task of each lane, also when it is no longer owed: the next one of that lane waits for its end.
  private var lanes: [Lane: Task<Void, Never>] = [:]
  private var inLane: [Lane: Int] = [:]

  private struct Envelope {
    var event: JobEvent
    /// The spec that the job goes by from here on, where it changes.
    var spec: JobSpec?
    var reply: CheckedContinuation<Outcome?, Never>?
  }

  /// What became of an event.
  struct Outcome: Sendable {
    /// The machine took it, and that is durable.
    var changed: Bool
    var record: JobRecord
    var transitions: [Transition]
    /// Why it could not be stored; the process can't go on, or the job is gone.
    var fault: Fault?
  }

  private struct Running {
    var lane: Lane
    /// Its place in the lane.
    var serial: Int
    var task: Task<Void, Never>
  }

  /// Effects that must not overlap.
  enum Lane: Hashable, Comparable { case submit, cancel, fetch, logs(Int), publish(String) }

  init(record: JobRecord, shell: JobShell) {
    self.id = record.id
    self.record = record
    self.shell = shell
  }

  /// Puts an event into the mailbox; `false` = this actor has retired, wake another.
  func post(_ event: JobEvent) -> Bool {
    guard !isRetired else { return false }
    mailbox.append(Envelope(event: event))
    work()
    return true
  }

  /// Returns once the event was handled and what it changed is durable; `nil` = this actor has retired.
  func apply(_ event: JobEvent, spec: JobSpec? = nil) async -> Outcome? {
    guard !isRetired else { return nil }
    return await withCheckedContinuation { reply in
      mailbox.append(Envelope(event: event, spec: spec, reply: reply))
      work()
    }
  }

  /// Begins what the stored state owes: the same after a restart as after any event.
  func resume() { work() }

  /// Retires when nothing is in flight; `true` = it has.
  func retireIfIdle() -> Bool {
    guard !isRetired else { return true }
    guard mailbox.isEmpty, running.isEmpty, lanes.isEmpty, !isWorking else { return false }
    isRetired = true
    return true
  }

  /// Stops effects; what they owe is in the store. When it returns nothing of this actor will be stored any more:
  /// another
  /// engine may load the job.
  func stop() async {
    isRetired = true
    let tasks = lanes.sorted { $0.key < $1.key }.map(\.value)
    for task in running.values.sorted(by: { ($0.lane, $0.serial) < ($1.lane, $1.serial) }).map(\.task) + tasks {
      task.cancel()
    }
    // A step that can't be stored now is not waited for: what it was about is looked up again.
    worker?.cancel()
    for task in tasks { await task.value }
    await worker?.value
    for letter in mailbox { letter.reply?.resume(returning: nil) }
    mailbox.removeAll()
  }

  // MARK: The one loop

  private func work() {
    guard !isWorking else { return }
    isWorking = true
    worker = Task { await handleAll() }
  }

  private func handleAll() async {
    repeat {
      while let letter = mailbox.popFirst() { await handle(letter) }
      if needsReconciling {
        needsReconciling = false
        await reconcile()
      }
    } while !mailbox.isEmpty || needsReconciling
    isWorking = false
    if running.isEmpty, lanes.isEmpty { await shell.idle(self) }
  }

  private func handle(_ letter: Envelope) async {
    var next = record
    if let spec = letter.spec { next.spec = spec }
    let transitions = next.machine.handle(letter.event, at: shell.time.now)
    guard next != record || !transitions.isEmpty else {
      letter.reply?.resume(returning: Outcome(changed: false, record: record, transitions: []))
      return
    }
    if let last = transitions.last {
      next.changed = last.time
      next.finished = next.machine.state.isTerminal ? (record.finished ?? last.time) : nil
    }
    let events: [EventRecord]
    do throws(Fault) {
      events = try await commit(change(to: next, transitions, by: letter.event))
    } catch {
      let outcome = Outcome(changed: false, record: record, transitions: [], fault: error)
      letter.reply?.resume(returning: isRetired ? nil : outcome)
      return
    }
    record = next
    needsReconciling = true
    if !events.isEmpty {
      shell.announce(events, record)
      await shell.feed.announce(events)
    }
    letter.reply?.resume(returning: Outcome(changed: true, record: record, transitions: transitions))
  }

  private func change(to next: JobRecord, _ transitions: [Transition], by event: JobEvent) -> JobChange {
    var change = JobChange(record: next, transitions: transitions)
    guard case .publication(let registry, let step) = event else { return change }
    switch step {
    case .advanced(_, _, let receipt?): change.receipts[registry] = [receipt]
    // What an upload that expired held is freed with the help of its receipts.
    case .opened, .committed: change.voided = [registry]
    case .openAsked, .openDenied, .advanced, .sealed, .commitAsked, .expired, .callFailed, .refused, .commitAbsent,
      .stopRequested, .reopened, .givenUp, .deadline, .promoteRequested, .demoteRequested, .promoteAsked, .promoted:
      break
    }
    return change
  }

  /// Stores a step, however long it takes: an answer that came back must not be lost to a full disk.
  /// It throws when the process is ending or the job is gone; nothing may be adopted or told then.
  private func commit(_ change: JobChange) async throws(Fault) -> [EventRecord] {
    var tries = 0
    while true {
      do throws(Fault) {
        let events = try await shell.store.commit(change)
        await shell.health.committed()
        return events
      } catch {
        // The job was forgotten, or the store is closed: there is nothing to say about it any more.
        if error.code == .notFound || error.code == .interrupted || isRetired { throw error }
        await shell.health.commitFailed(error)
        if error.isPermanent { throw error }
        tries += 1
        let wait = RetryPolicy(attempts: 1, first: .milliseconds(200), most: .seconds(15))
          .delay(afterTry: tries, of: "\(id)/commit", attempt: 1)
        shell.logger.debug("could not store a step", metadata: ["job": "\(id)", "fault": "\(error)"])
        if (try? await shell.time.sleep(until: shell.time.monotonic + wait)) == nil { throw error }
      }
    }
  }

  // MARK: What the state owes

  private func reconcile() async {
    guard !isRetired else { return }
    let owed = record.machine.owed
    let wanted = Set(owed)
    let unwanted = running.filter { !wanted.contains($0.key) }
    for (effect, work) in unwanted.sorted(by: { ($0.value.lane, $0.value.serial) < ($1.value.lane, $1.value.serial) }) {
      work.task.cancel()
      running[effect] = nil
    }
    var wakes: [DeadlineQueue.Wake] = []
    var watched: Run?
    var waits = false
    for effect in owed {
      switch effect {
      case .queue: waits = true
      case .observe(let run): watched = run
      case .wake(let wake): wakes.append(.init(wake, atMost: record.machine.longestWait(for: wake)))
      case .submit: begin(effect, in: .submit)
      case .cancel: begin(effect, in: .cancel)
      case .fetch: begin(effect, in: .fetch)
      case .copyLogs(let run): begin(effect, in: .logs(run.attempt))
      case .publish(let registry, _): begin(effect, in: .publish(registry))
      // Never beside a part that is on its way, which would bring back what is freed.
      case .abandon(let registry, _): begin(effect, in: .publish(registry))
      }
    }
    await shell.deadlines.set(id, wakes)
    if record.machine.isAtRest { await shell.doubts.forget(id) }
    if !record.machine.wantsArtifact { await shell.health.fetchIsOver(id) }
    if let poller = shell.pollers[record.spec.provider] {
      if let watched { await poller.watch(id, watched) } else { await poller.forget(id) }
    }
    await shell.schedulers[record.spec.provider]?.update(
      id, number: record.number, waits: waits, holds: record.machine.state.holdsSlot)
  }

  private func begin(_ effect: JobEffect, in lane: Lane) {
    guard running[effect] == nil else { return }
    let before = lanes[lane]
    let serial = (inLane[lane] ?? 0) + 1
    inLane[lane] = serial
    let task = Task {
      await before?.value
      if !Task.isCancelled {
        let start = record.machine
        await EffectRunner(job: self, shell: shell).perform(effect)
        await paceIfStuck(effect, since: start)
      }
      await ended(effect, lane, serial)
    }
    running[effect] = Running(lane: lane, serial: serial, task: task)
    lanes[lane] = task
  }

  /// An effect that changed nothing and is still owed would spin; it is a defect, told and slowed down.
  private func paceIfStuck(_ effect: JobEffect, since start: JobMachine) async {
    guard !Task.isCancelled, !isRetired, record.machine == start, record.machine.owed.contains(effect) else { return }
    shell.logger.error("an effect ended without an outcome", metadata: ["job": "\(id)", "effect": "\(effect)"])
    _ = try? await shell.time.sleep(until: shell.time.monotonic + .seconds(5))
  }

  private func ended(_ effect: JobEffect, _ lane: Lane, _ serial: Int) async {
    if inLane[lane] == serial { lanes[lane] = nil }
    if let work = running[effect], work.lane == lane, work.serial == serial { running[effect] = nil }
    guard !isRetired else { return }
    // Reconciled once more: an effect that is still owed is begun again (its runner has paced it by a stored wait).
    needsReconciling = true
    work()
  }
}
