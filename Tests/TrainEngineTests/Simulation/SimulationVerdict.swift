import Synchronization
import TrainCore
import TrainEngine
import TrainTestKit

/// Holds what a simulation left behind against the invariants.
struct SimulationVerdict {
  private let simulation: Simulation
  private(set) var violations: [String] = []

  init(_ simulation: Simulation) async {
    self.simulation = simulation
    let notes = simulation.notes.withLock { $0 }
    let records = await simulation.store.jobs(JobQuery(order: .oldestFirst))
    let stones = await simulation.store.tombstones()
    let events = await simulation.store.events(after: 0, job: nil, limit: .max)
    violations += simulation.ledger.violations + simulation.storm.excesses
    let remote = await simulation.far.platform.jobs
    judgeRemote(remote.filter { !simulation.far.isForgotten($0.id) }, most: await simulation.far.platform.mostLive)
    for (name, shelf) in simulation.shelves.sorted(by: { $0.key < $1.key }) {
      judge(await shelf.shelf.versions, on: name, remote)
      judge(await shelf.shelf.openUploads, on: name, all: shelf.listsUploads)
    }
    for event in events where event.transition.reason == .uploadLeft {
      violations.append("\(event.job) gave up freeing an upload: \(event.transition.message ?? "")")
    }
    for id in notes.accepted.sorted() where !records.contains(where: { $0.id == id }) {
      if !stones.contains(where: { $0.id == id }) { violations.append("\(id) was accepted and is lost") }
    }
    for record in records {
      judge(record, events.filter { $0.job == record.id }.map(\.transition))
      await judgeEnd(record)
      judgeReason(record, remote)
      judgeOrphans(record, remote)
    }
    for answer in notes.answers {
      guard let record = records.first(where: { $0.id == answer.job }) else { continue }
      let events = events.filter { $0.job == record.id }
      // The step that the operator made; the job may have gone on before the answer was read.
      let step = events.last { $0.sequence <= answer.sequence && $0.transition.actor != nil }?.sequence
      judge(answer, record, events.filter { $0.sequence > step ?? answer.sequence }.map(\.transition))
    }
    if !notes.isSettled {
      for record in records where !record.machine.isAtRest {
        violations.append(
          "after \(notes.waited) of calm \(record.id) still is \(record.machine.state), owes logs: "
            + "\(record.machine.logsOwed.count), uploads: \(record.machine.leftoversOwed), "
            + "call: \(record.machine.call.debugDescription)")
      }
    }
    if simulation.world.foreignEnqueues != 0 {
      violations.append("\(simulation.world.foreignEnqueues) pieces of work came from outside the simulation")
    }
  }

  private mutating func judgeRemote(_ jobs: [ScriptedPlatform.RemoteJob], most: Int) {
    let runs = Dictionary(grouping: jobs) { "\($0.submission.job) attempt \($0.submission.attempt)" }
    for (key, found) in runs.sorted(by: { $0.key < $1.key }) where found.count > 1 {
      violations.append("\(key) was submitted \(found.count) times: \(found.map(\.id))")
    }
    let trained = Dictionary(grouping: jobs.filter { $0.phase == .succeeded }) { $0.submission.job }
    for (job, found) in trained.sorted(by: { $0.key < $1.key }) where found.count > 1 {
      violations.append("\(job) was trained to its end \(found.count) times: \(found.map(\.id))")
    }
    // A clock that is an hour ahead makes a run of ours look older than its intent: it is held, and keeps no slot.
    if let limit = simulation.maxRunning, most > limit, !simulation.jumps {
      violations.append("\(most) runs were live at once, where max_running is \(limit)")
    }
  }

  private mutating func judge(
    _ versions: [ScriptedShelf.Version], on shelf: String, _ remote: [ScriptedPlatform.RemoteJob]
  ) {
    let found = Dictionary(grouping: versions) { "\($0.modelName) \($0.modelVersion)" }
    for (key, versions) in found.sorted(by: { $0.key < $1.key }) where versions.count > 1 {
      violations.append("\(key) was published \(versions.count) times on \(shelf)")
    }
    for version in versions {
      let trained = remote.first {
        $0.submission.modelName == version.modelName && $0.phase == .succeeded && !simulation.far.isForgotten($0.id)
      }
      if trained.map({ simulation.far.content(of: $0.id) }) != version.content {
        violations.append("\(version.modelName) on \(shelf) is not what its training produced")
      }
    }
  }

  /// Every job has ended or is held: nothing is being uploaded. Where uploads are not listed, one whose opening nobody
  /// heard of can't be found.
  private mutating func judge(_ uploads: [String], on shelf: String, all: Bool) {
    for upload in uploads where all || simulation.ledger.hasHeard(of: upload, on: shelf) {
      violations.append("\(upload) is left open on \(shelf)")
    }
  }

  /// The event table tells one unbroken story, and nothing leaves a terminal state by itself.
  private mutating func judge(_ record: JobRecord, _ steps: [Transition]) {
    guard let first = steps.first else {
      violations.append("\(record.id) has no event")
      return
    }
    var word = first.to
    for step in steps.dropFirst() {
      if step.from != word {
        violations.append("\(record.id): an event goes from \(step.from.rawValue), the one before to \(word.rawValue)")
      }
      if word.isTerminal, step.to != word, step.actor == nil {
        violations.append("\(record.id) left \(word.rawValue) for \(step.to.rawValue) by itself")
      }
      word = step.to
    }
    if word != record.machine.state.word {
      violations.append("\(record.id) is \(record.machine.state.word.rawValue), its last event says \(word.rawValue)")
    }
  }

  private mutating func judgeEnd(_ record: JobRecord) async {
    switch record.machine.state {
    case .done:
      for publication in record.machine.publications {
        guard case .committed = publication.state else {
          violations.append("\(record.id) is done, its publication on \(publication.registry) is \(publication.state)")
          continue
        }
        let versions = await simulation.shelves[publication.registry]?.shelf.versions ?? []
        if !versions.contains(where: { $0.modelName == record.spec.modelName }) {
          violations.append("\(record.id) is done, \(publication.registry) does not have it")
        }
      }
    case .failed(.artifactUnavailable, let message):
      violations.append("\(record.id) trained, and its artifact is lost: \(message)")
    case .queued, .submitting, .submitted, .running, .backingOff, .publishing, .cancelling, .withdrawing, .failed,
      .cancelled:
      break
    }
  }

  /// A job ends badly only on a positive statement: never by a call that failed, a garbled answer or a damaged spool.
  private mutating func judgeReason(_ record: JobRecord, _ remote: [ScriptedPlatform.RemoteJob]) {
    guard case .failed(let reason, let message) = record.machine.state else { return }
    let runs = remote.filter { $0.submission.job == record.id }
    let isTrue =
      switch reason {
      case .rejected: record.spec.train["refused"]?.bool == true
      case .lost:
        runs.contains {
          if case .lost = simulation.far.outcome(of: $0) { true } else { simulation.far.isForgotten($0.id) }
        }
      case .trainingFailed, .attemptsExhausted:
        runs.contains { if case .failed = simulation.far.outcome(of: $0) { true } else { false } }
      case .publishRefused:
        record.machine.publications.contains {
          if case .failed(let why, _) = $0.state { why != .publishRefused } else { false }
        }
      case .runTimeout: record.spec.limits.run != nil
      case .queueTimeout: record.spec.limits.queue != nil
      default: false
      }
    if !isTrue { violations.append("\(record.id) failed as \(reason.rawValue) without a reason: \(message)") }
  }

  /// No run goes on for a job that has ended.
  private mutating func judgeOrphans(_ record: JobRecord, _ remote: [ScriptedPlatform.RemoteJob]) {
    // A clock that is ahead makes a run of ours look older than its intent: the job may be cancelled while it is held.
    guard record.machine.state.isTerminal, !simulation.jumps else { return }
    for job in remote where job.submission.job == record.id && !simulation.far.isForgotten(job.id) {
      if [.pending, .running, .stopping].contains(job.phase) {
        violations.append("\(record.id) is \(record.machine.state.word.rawValue), and \(job.id) goes on without it")
      }
    }
  }

  private mutating func judge(_ answer: Simulation.Answer, _ record: JobRecord, _ later: [Transition]) {
    switch answer.result {
    case .noSuchJob:
      // Asked before it was accepted, perhaps; never after.
      if later.first?.message != "accepted" {
        violations.append("\(answer.verb) \(record.id): it was said not to exist")
      }
    case .unchanged(let then) where answer.verb == "cancel":
      if !isCancelling(then.machine.state) {
        violations.append("cancel \(record.id) was answered as if done, while it was \(then.machine.state)")
      }
    case .changed(let then) where answer.verb == "cancel":
      let rest = later.prefix { $0.reason != .retriedByUser && $0.reason != .publishedByUser }
      if rest.contains(where: { $0.to == .submitting && $0.from != .submitting }) {
        violations.append("\(record.id) was submitted after its cancel was acknowledged")
      }
      let end = rest.last?.to ?? then.machine.state.word
      if end == .failed || (rest.count == later.count && !end.isTerminal) {
        violations.append("the cancel of \(record.id) was acknowledged, and it ended \(end.rawValue)")
      }
    case .unchanged, .changed, .failed: break
    }
  }

  private func isCancelling(_ state: JobState) -> Bool {
    switch state {
    case .done, .failed, .cancelled, .withdrawing: true
    case .cancelling(let stopping): stopping.cause == .user
    case .submitting(let submitting): submitting.cancelRequested
    case .queued, .submitted, .running, .backingOff, .publishing: false
    }
  }
}
