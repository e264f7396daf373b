import Testing
import TrainControl

@testable import TrainCore

@Suite struct JobViewTests {
  private static let now = Timestamp(milliseconds: 1_795_227_180_000)

  private static func record(_ change: (inout JobMachine) -> Void = { _ in }) -> JobRecord {
    let id = JobID(spec: "hardhat", version: "1.4.0")
    var machine = JobMachine(rules: JobRules(id: id, registries: ["synapse"]), at: now)
    change(&machine)
    let spec = JobSpec(
      name: "hardhat", provider: "viam", modelName: "hardhat", version: .fixed("1.4.0"), train: .empty,
      written: .empty)
    return JobRecord(
      id: id, spec: spec, version: "1.4.0", identity: "", origin: .specDirectory, machine: machine, created: now)
  }

  private static let run = Run(attempt: 1, handle: ProviderHandle(reference: "663921c9"), accepted: now)

  private static func running() -> JobRecord {
    record { machine in
      machine.state = .running(run)
      machine.progress = Observation(.running, progress: 0.42, metrics: ["loss": 0.12, "bad": .nan])
    }
  }

  @Test func `a running job has every member of the interface`() throws {
    let json = JobView(Self.running(), overlay: .init(unreachable: true, nextCheck: Self.now)).json
    #expect(json["schema"] == 1)
    #expect(json["id"] == "hardhat@1.4.0")
    #expect(json["model"] == ["name": "hardhat", "version": "1.4.0"])
    #expect(json["state"] == "running")
    #expect(json["reason"] == .null)
    #expect(json["message"] == .null)
    #expect(json["held"] == false)
    #expect(json["unreachable"] == true)
    #expect(json["remote_id"] == "663921c9")
    #expect(json["attempt"] == 1)
    #expect(json["progress"] == 0.42)
    #expect(json["metrics"]?["loss"] == 0.12)
    #expect(json["created"] == "2026-11-21T02:13:00Z")
    #expect(json["finished"] == .null)
    #expect(json["next_check"] == "2026-11-21T02:13:00Z")
    #expect(json["artifact"] == .null)
    let publication = try #require(json["publications"]?.array?.first)
    #expect(publication["registry"] == "synapse")
    #expect(publication["state"] == "waiting")
    #expect(publication["bytes_sent"] == 0)
    #expect(publication["remote_id"] == .null)
  }

  @Test func `a metric that is not a number is null, so that the text stays JSON`() throws {
    let json = JobView(Self.running()).json
    #expect(json["metrics"]?["bad"] == .null)
    #expect(throws: Never.self) { try JSON.parse(Array(json.canonical.utf8), what: "a job") }
  }

  @Test func `a view is read back as it was written`() throws {
    let artifact = Artifact(
      files: [.init(path: "m.tar.gz", bytes: 9, digests: FileDigests(sha256: "ab", md5: "cd", crc32c: 0, crc32: 0))]
    ) { $0 }
    let record = Self.record { machine in
      machine.state = .publishing(Self.run)
      machine.artifact = artifact
      let session = UploadSession(state: .empty)
      for event in [
        PublicationMachine.Event.opened(session, total: 9), .advanced(session, sent: 4, receipt: nil),
      ] {
        machine.publications[0].handle(event, at: Self.now, retry: RetryPolicy(), of: JobID("hardhat@1.4.0"))
      }
    }
    let view = JobView(record)
    #expect(view.state == .publishing)
    #expect(view.publications.first?.bytesSent == 4)
    #expect(view.artifact?.digest == "sha256:ab")
    #expect(try JobView(try JSON.parse(Array(view.json.canonical.utf8), what: "a job")) == view)
  }

  @Test func `a hold shows its reason`() {
    let view = JobView(Self.record { $0.hold = Hold(reason: .heldByUser, message: "held by root") })
    #expect(view.held)
    #expect(view.reason == "held-by-user")
  }

  @Test func `an unknown member is ignored by a reader`() throws {
    var json = JobView(Self.record()).json
    json["invented_later"] = [1, 2]
    #expect(throws: Never.self) { try JobView(json) }
  }

  @Test func `a missing member is named`() {
    var json = JobView(Self.record()).json
    json["provider"] = nil
    let error = #expect(throws: ControlError.self) { try JobView(json) }
    #expect(error?.why.contains("'provider'") == true)
  }

  @Test func `an event has every member of the interface`() throws {
    let transition = Transition(
      time: Self.now, from: .queued, to: .cancelled, reason: .cancelledByUser, attempt: 1,
      actor: Operator(uid: 1000, user: "ada"), detail: ["bytes_sent": 3])
    let view = EventView(EventRecord(sequence: 7, job: JobID("a@1"), transition: transition))
    #expect(
      view.json == [
        "seq": 7, "time": "2026-11-21T02:13:00Z", "job": "a@1", "from": "queued", "to": "cancelled",
        "reason": "cancelled-by-user", "message": nil, "attempt": 1, "actor": ["uid": 1000, "user": "ada"],
        "detail": ["bytes_sent": 3],
      ])
    #expect(try EventView(view.json) == view)
  }
}
