import TrainCore
import TrainDaemon
import TrainStore

/// Jobs like those of a fleet: a training on a far platform, one publication, a run that was seen running.
struct SampleJobs {
  private let root: String
  private let count: Int

  init(_ arguments: Arguments) throws {
    root = try arguments.text("root")
    count = try arguments.number("jobs", or: 10_000)
  }

  /// Fills a new store with running jobs.
  func write() async throws {
    let store = try SQLiteStore.open(at: Self.path(root))
    let (begun, now) = (Clock.now, SystemTime().now)
    var next = 1
    while next <= count {
      let last = min(next + 999, count)
      _ = try await store.create((next...last).map { Self.new(Self.running("job-\($0)", at: now)) })
      next = last + 1
    }
    Report.line("seconds", Clock.now - begun)
    try await store.close()
  }

  static func path(_ root: String) -> String { "\(root)/traind.db" }
  static let time = Timestamp(milliseconds: 1_790_000_000_000)

  static func spec(_ name: String, version: String, publish: [JobSpec.Publication]) -> JobSpec {
    let train: JSON = [
      "dataset": "66491a0666a6c8aa4a33e43e", "type": "object-detection", "tags": ["hardhat", "person"],
      "framework": "tflite",
    ]
    return JobSpec(
      name: name, provider: "far", modelName: name, version: .fixed(version), train: train, publish: publish,
      limits: .init(run: .seconds(30 * 86_400)),
      written: ["provider": "far", "model": ["name": .string(name), "version": .string(version)], "train": train])
  }

  /// A job as it was accepted.
  static func queued(
    _ name: String, version: String = "1.0", publish: [JobSpec.Publication] = [.init(registry: "synapse")],
    at time: Timestamp = SampleJobs.time
  ) -> JobRecord {
    let id = JobID(spec: name, version: version)
    let spec = spec(name, version: version, publish: publish)
    let rules = JobRules(
      id: id, retry: RetryPolicy(), limits: spec.limits, registries: publish.map(\.registry))
    return JobRecord(
      id: id, spec: spec, version: version,
      identity: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", origin: .specDirectory,
      machine: JobMachine(rules: rules, at: time), created: time)
  }

  static func running(_ name: String, at time: Timestamp = SampleJobs.time) -> JobRecord {
    var record = queued(name, at: time)
    let handle = ProviderHandle(reference: "663921c9e7a6d10ff1746884", state: ["name": .string(name)])
    for event in [
      .admitted, .submitAsked(attempt: 1), .submitted(attempt: 1, handle),
      .observed(attempt: 1, QuietProvider.observation),
    ] as [JobEvent] {
      _ = record.machine.handle(event, at: time)
    }
    return record
  }

  static func new(_ record: JobRecord) -> NewJob {
    NewJob(
      record: record,
      accepted: Transition(time: record.created, from: .queued, to: .queued, message: "accepted", attempt: 1))
  }
}
