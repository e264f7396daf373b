import Synchronization
import TrainCore
import TrainTestKit

/// Looks into the store whenever a far side is asked for something: what asks for it has to be durable by then.
final class SimulatedLedger: Sendable {
  private let store: MemoryStore
  private let found = Mutex<[String]>([])
  private let stored = Mutex<[String: Set<String>]>([:])

  init(_ store: MemoryStore) { self.store = store }

  var violations: [String] { found.withLock { $0 } }

  func submits(_ submission: Submission, _ life: SimulatedLife) async {
    let state = await store.job(submission.job)?.machine.state
    if life.isOver { return }
    if case .submitting(let submitting) = state, submitting.attempt == submission.attempt, submitting.asked != nil {
      return
    }
    note("\(submission.job) attempt \(submission.attempt) was submitted while it was \(String(describing: state))")
  }

  func cancels(_ handle: ProviderHandle, _ life: SimulatedLife) async {
    let jobs = await store.jobs(JobQuery(states: [.cancelling]))
    if life.isOver { return }
    for job in jobs {
      if case .cancelling(let stopping) = job.machine.state, stopping.run.handle == handle { return }
    }
    // A job may have ended between the decision and the call.
    let ended = await store.jobs(JobQuery(states: [.done, .failed, .cancelled, .publishing, .backingOff, .queued]))
    if !ended.contains(where: { $0.machine.lastRun?.handle == handle }) {
      note("\(handle.reference) was cancelled for nobody")
    }
  }

  func commits(_ release: Release, on registry: String, _ life: SimulatedLife) async {
    let state = await store.job(release.job)?.machine.publication(for: registry)?.state
    if life.isOver { return }
    if case .committing(_, .some, _) = state { return }
    note("\(release.job) was committed on \(registry) while that was \(String(describing: state))")
  }

  /// An upload that was stored once was heard of.
  func stores(_ machine: JobMachine) {
    let uploads =
      machine.publications.map { ($0.registry, $0.state.session) }
      + machine.leftoversOwed.map { ($0.registry, $0.session) }
    stored.withLock { stored in
      for (registry, session) in uploads {
        if let id = session?.state.string { stored[registry, default: []].insert(id) }
      }
    }
  }

  func hasHeard(of upload: String, on registry: String) -> Bool {
    stored.withLock { $0[registry]?.contains(upload) == true }
  }

  func abandons(_ upload: AbandonedUpload, of job: JobID, on registry: String, _ life: SimulatedLife) async {
    let machine = await store.job(job)?.machine
    if life.isOver { return }
    if machine?.leftoversOwed.contains(where: { $0.registry == registry && $0.session == upload.session }) != true {
      note(
        "\(job): an upload on \(registry) was abandoned that nobody had given up: \(String(describing: upload.session))"
      )
    }
    if let session = machine?.publication(for: registry)?.state.session, session == upload.session {
      note("\(job): the upload on \(registry) was abandoned that it goes on with")
    }
  }

  private func note(_ violation: String) { found.withLock { $0.append(violation) } }
}
