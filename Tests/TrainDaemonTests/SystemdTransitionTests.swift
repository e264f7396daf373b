import Logging
import Testing
import TrainCore

@testable import TrainDaemon

@Suite struct SystemdTransitionTests {
  private static let start = Timestamp(milliseconds: 1_800_000_000_000)

  private static func job(registries: [String] = ["synapse"]) -> JobRecord {
    let id = JobID("hardhat@1.4.0")
    let spec = JobSpec(
      name: "hardhat", provider: "viam", modelName: "hardhat", version: .fixed("1.4.0"), train: .empty,
      written: .empty)
    return JobRecord(
      id: id, spec: spec, version: "1.4.0", identity: "00", origin: .specDirectory,
      machine: JobMachine(rules: JobRules(id: id, registries: registries), at: start), created: start)
  }

  /// Lets the job take the events and returns the entries of their transitions.
  private static func story(_ events: [JobEvent], of job: inout JobRecord) -> [TransitionJournal.Entry] {
    var entries: [TransitionJournal.Entry] = []
    for event in events {
      for transition in job.machine.handle(event, at: start) {
        let record = EventRecord(sequence: Int64(entries.count + 1), job: job.id, transition: transition)
        entries.append(TransitionJournal.entry(for: record, of: job))
      }
    }
    return entries
  }

  private static let toRunning: [JobEvent] = [
    .admitted, .submitAsked(attempt: 1), .submitted(attempt: 1, ProviderHandle(reference: "6639")),
    .observed(attempt: 1, Observation(.running)),
  ]

  @Test func `a job's story names each step`() {
    var job = Self.job()
    let artifact = Artifact(
      files: [
        .init(path: "m.tar.gz", bytes: 9, digests: .init(sha256: "ab", md5: "", crc32c: 0, crc32: 0))
      ], sha256OfManifest: { $0 })
    let session = UploadSession(state: .empty)
    let entries = Self.story(
      Self.toRunning + [
        .observed(attempt: 1, Observation(.succeeded)), .fetched(attempt: 1, artifact),
        .publication(registry: "synapse", .opened(session, total: 9)),
        .publication(registry: "synapse", .sealed(session)), .publication(registry: "synapse", .commitAsked),
        .publication(registry: "synapse", .committed(RemoteVersion(id: "v7", url: "https://x/7"), bytes: 9)),
      ], of: &job)
    #expect(
      entries.map(\.message) == [
        "hardhat@1.4.0: queued -> submitting", "hardhat@1.4.0: submitting -> submitted",
        "hardhat@1.4.0: submitted -> running", "hardhat@1.4.0: running -> publishing",
        "hardhat@1.4.0: artifact fetched and verified", "hardhat@1.4.0: synapse: uploading",
        "hardhat@1.4.0: synapse: committed", "hardhat@1.4.0: publishing -> done",
      ])
    #expect(entries.allSatisfy { $0.level == .info })
    #expect(
      entries.map(\.kind) == [
        .submitting, .submitted, .running, .publishing, .artifactFetched, .publicationUploading,
        .publicationCommitted, .done,
      ])
    let committed = entries[6].metadata
    #expect(committed["remote_id"] == "v7")
    #expect(committed["registry"] == "synapse")
    #expect(committed["bytes_sent"] == "9")
    #expect(committed["url"] == "https://x/7")
    #expect(entries[7].metadata["digest"] == "sha256:ab")
  }

  @Test func `an entry has every field of the interface that it knows`() throws {
    var job = Self.job()
    let entries = Self.story(Self.toRunning + [.cancelRequested(Operator(uid: 1000, user: "eva"))], of: &job)
    let entry = try #require(entries.last)
    let event = LogEvent(
      level: entry.level, message: "\(entry.message)", metadata: nil, source: nil, file: "f", function: "g", line: 1)
    let journal = JournalEntry(event, metadata: entry.metadata, identifier: "traind")
    let fields = Dictionary(uniqueKeysWithValues: journal.fields.map { ($0.name, $0.value) })
    #expect(
      fields.filter { !$0.key.hasPrefix("CODE_") } == [
        "MESSAGE": "hardhat@1.4.0: running -> cancelling (cancelled-by-user)", "PRIORITY": "6",
        "SYSLOG_IDENTIFIER": "traind", "MESSAGE_ID": TransitionKind.cancelling.messageID,
        "TRAIND_JOB": "hardhat@1.4.0", "TRAIND_SPEC": "hardhat", "TRAIND_VERSION": "1.4.0", "TRAIND_ATTEMPT": "1",
        "TRAIND_STATE": "cancelling", "TRAIND_PREVIOUS_STATE": "running", "TRAIND_REASON": "cancelled-by-user",
        "TRAIND_PROVIDER": "viam", "TRAIND_REMOTE_ID": "6639", "TRAIND_ACTOR_UID": "1000",
        "TRAIND_ACTOR_USER": "eva", "TRAIND_EVENT": "4",
      ])
  }

  @Test func `a failure is a warning with its first line for the eye and the whole in a field`() throws {
    var job = Self.job()
    let failed = JobEvent.observed(attempt: 1, Observation(.lost(message: "the platform forgot it\nsecond line")))
    let entry = try #require(Self.story(Self.toRunning + [failed], of: &job).last)
    #expect(entry.level == .warning)
    #expect(entry.message == "hardhat@1.4.0: running -> failed (lost): the platform forgot it")
    #expect(entry.metadata["message"] == "the platform forgot it\nsecond line")
  }

  @Test func `what is not ours at the provider holds the job and warns`() throws {
    var job = Self.job()
    let events: [JobEvent] = [
      .admitted, .foreignFound(attempt: 1, ProviderHandle(reference: "x"), why: "another dataset"),
    ]
    let entry = try #require(Self.story(events, of: &job).last)
    #expect(entry.kind == .held)
    #expect(entry.level == .warning)
    #expect(entry.message == "hardhat@1.4.0: held (already-exists): another dataset")
  }

  @Test func `an operator's hold and release are told apart`() {
    var job = Self.job()
    let eva = Operator(uid: 1000, user: "eva")
    let entries = Self.story([.holdRequested(eva), .releaseRequested(eva, adopt: false)], of: &job)
    #expect(entries.map(\.kind) == [.held, .released])
    #expect(entries.map(\.level) == [.info, .info])
  }

  @Test func `the acceptance of a job is a kind of its own`() {
    let job = Self.job()
    let accepted = Transition(time: Self.start, from: .queued, to: .queued, attempt: 1)
    let entry = TransitionJournal.entry(for: EventRecord(sequence: 1, job: job.id, transition: accepted), of: job)
    #expect(entry.kind == .accepted)
    #expect(entry.message == "hardhat@1.4.0: accepted")
  }

  @Test func `a fact in a transition cannot overwrite what every entry says`() {
    let job = Self.job()
    let step = Transition(
      time: Self.start, from: .queued, to: .submitting, attempt: 1,
      detail: ["job": "other@1", "state": "done", "message_id": "0", "nested": .object(["a": 1])])
    let entry = TransitionJournal.entry(for: EventRecord(sequence: 1, job: job.id, transition: step), of: job)
    #expect(entry.metadata["job"] == "hardhat@1.4.0")
    #expect(entry.metadata["state"] == "submitting")
    #expect(entry.metadata["message_id"] == "\(TransitionKind.submitting.messageID)")
    #expect(entry.metadata["nested"] == nil)
  }

  @Test func `progress says how far an upload is`() {
    let entry = TransitionJournal.progressEntry(of: Self.job(), registry: "synapse", sent: 333, total: 1000)
    #expect(entry.message == "hardhat@1.4.0: synapse: 333 of 1000 bytes sent (33 %)")
    #expect(entry.metadata["bytes_sent"] == "333")
    #expect(entry.metadata["bytes_total"] == "1000")
  }

  @Test func `progress is written after 10 percent or 10 seconds, and not for the end`() {
    var pace = UploadProgressPace(at: .zero)
    let steps: [(sent: Int64, second: Int)] = [(99, 9), (100, 9), (101, 18), (101, 19), (101, 60), (1000, 61)]
    let due = steps.map { pace.isDue(sent: $0.sent, total: 1000, at: .seconds($0.second)) }
    #expect(due == [false, true, false, true, false, false])
  }

  @Test func `progress of an upload that began anew is written from there`() {
    var pace = UploadProgressPace(sent: 900, at: .zero)
    let due = [10, 110].map { pace.isDue(sent: $0, total: 1000, at: .seconds(1)) }
    #expect(due == [false, true])
  }
}
