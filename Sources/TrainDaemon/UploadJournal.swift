internal import TrainCore
internal import TrainEngine

/// Writes the progress of uploads to the journal, as often as is worth a line.
actor UploadJournal {
  private struct Key: Hashable {
    var job: JobID
    var registry: String
  }

  private let journal: TransitionJournal
  private let store: any JobStore
  private let time: any TimeSource
  private var paces: [Key: UploadProgressPace] = [:]

  init(journal: TransitionJournal, store: any JobStore, time: any TimeSource) {
    self.journal = journal
    self.store = store
    self.time = time
  }

  func note(_ progress: UploadProgress) async {
    let key = Key(job: progress.job, registry: progress.registry)
    guard progress.sent < progress.total else {
      paces[key] = nil
      return
    }
    let now = time.monotonic
    var pace = paces[key] ?? UploadProgressPace(at: now)
    let isDue = pace.isDue(sent: progress.sent, total: progress.total, at: now)
    paces[key] = pace
    guard isDue, let record = try? await store.job(progress.job) else { return }
    journal.progress(of: record, registry: progress.registry, sent: progress.sent, total: progress.total)
  }
}
