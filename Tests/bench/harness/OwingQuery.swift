import TrainCore
import TrainStore

/// What a daemon does first: reads all jobs that owe something. To be run on a store that ``SampleJobs`` filled.
struct OwingQuery {
  private let root: String

  init(_ arguments: Arguments) throws { root = try arguments.text("root") }

  func run() async throws {
    let store = try SQLiteStore.open(at: SampleJobs.path(root))
    let (begun, processor, resident) = (Clock.now, Clock.processor, ProcessFigures.resident)
    let jobs = try await store.jobs(JobQuery(owing: true, order: .oldestFirst))
    Report.line("seconds", Clock.now - begun)
    Report.line("processor", Clock.processor - processor)
    Report.line("jobs", jobs.count)
    Report.line("resident-before", resident)
    Report.line("resident-peak", ProcessFigures.peak)
    try await store.close()
  }
}
