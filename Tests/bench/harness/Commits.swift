import Synchronization
import TrainCore
import TrainStore

/// Durable transitions: each caller holds and releases a job of its own, again and again, and waits for each.
struct Commits {
  private let root: String
  private let callers: Int
  private let seconds: Int

  init(_ arguments: Arguments) throws {
    root = try arguments.text("root")
    callers = try arguments.number("callers", or: 1)
    seconds = try arguments.number("seconds", or: 3)
  }

  func run() async throws {
    let transactions = Mutex(0)
    let boundary = Boundary { point, side in
      if point == .storeCommit, side == .after { transactions.withLock { $0 += 1 } }
    }
    let store = try SQLiteStore.open(at: SampleJobs.path(root), boundary: boundary)
    let records = try await store.create(
      (1...callers).map { SampleJobs.new(SampleJobs.running("caller-\(callers)-\($0)")) })
    let (begun, processor) = (Clock.now, Clock.processor)
    let end = begun + Double(seconds)
    let waits = try await withThrowingTaskGroup(of: [Double].self) { group in
      for record in records { group.addTask { try await Self.work(on: record, in: store, until: end) } }
      return try await group.reduce(into: [Double]()) { $0 += $1 }
    }
    let passed = Clock.now - begun
    Report.line("rate", Double(waits.count) / passed)
    Report.line("transactions", Double(transactions.withLock { $0 }) / passed)
    Report.line("median-ms", waits.quantile(0.5) * 1000)
    Report.line("p99-ms", waits.quantile(0.99) * 1000)
    Report.line("processor-us", (Clock.processor - processor) / Double(waits.count) * 1e6)
    try await store.close()
  }

  /// Returns how long each transition took to be durable.
  private static func work(on record: JobRecord, in store: SQLiteStore, until end: Double) async throws -> [Double] {
    var record = record
    var waits: [Double] = []
    while true {
      let begun = Clock.now
      guard begun < end else { return waits }
      let isHeld = record.machine.hold != nil
      let steps = record.machine.handle(
        isHeld ? .releaseRequested(nil, adopt: false) : .holdRequested(nil), at: SampleJobs.time)
      _ = try await store.commit(JobChange(record: record, transitions: steps))
      waits.append(Clock.now - begun)
    }
  }
}
