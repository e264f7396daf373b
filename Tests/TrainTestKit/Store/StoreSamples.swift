internal import Foundation
public import TrainCore

/// Jobs in any state, without the way that leads there.
public enum StoreSamples {
  public static func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_790_000_000_000 + seconds * 1000) }

  public static func spec(_ name: String, registries: [String] = ["shelf"]) -> JobSpec {
    let train: JSON = [
      "command": ["train", "--name=\"\u{1F469}\u{200D}\u{1F680} \\ \n\t\u{1}\""],
      "rate": 1.0, "tiny": 1e-300, "epochs": 9_223_372_036_854_775_807, "deep": [[[["x": nil]]]], "on": true,
      "none": [:],
    ]
    return JobSpec(
      name: name, provider: "here", modelName: "models/\(name)", version: .fixed("1.0"), train: train,
      publish: registries.map { JobSpec.Publication(registry: $0, options: ["stage": "prod"]) }, attempts: 2,
      limits: .init(queue: .seconds(60), run: .milliseconds(1500), stop: .seconds(300)),
      written: ["provider": "here", "train": train])
  }

  /// A queued job, accepted at second `created`.
  public static func record(
    _ name: String, version: String = "1.0", registries: [String] = ["shelf"], created: Int64 = 0
  ) -> JobRecord {
    let id = JobID(spec: name, version: version)
    let rules = JobRules(
      id: id, retry: .init(attempts: 2), limits: .init(queue: .seconds(60), run: .milliseconds(1500)),
      registries: registries)
    return JobRecord(
      id: id, spec: spec(name, registries: registries), version: version, identity: "1d\(name)",
      origin: .submitted(Operator(uid: 1000, user: "ada")), machine: JobMachine(rules: rules, at: time(created)),
      created: time(created))
  }

  public static func new(_ record: JobRecord) -> NewJob {
    NewJob(
      record: record, accepted: Transition(time: record.created, from: .queued, to: .queued, attempt: 1))
  }

  /// The record after a step into `state` at second `at`, with the transition of that step.
  public static func change(
    _ record: JobRecord, to state: JobState, at seconds: Int64, detail: [String: JSON] = [:]
  ) throws -> JobChange {
    var next = record
    next.machine = try machine(record.machine, ["state": state])
    next.changed = time(seconds)
    next.finished = state.isTerminal ? time(seconds) : nil
    let transition = Transition(
      time: time(seconds), from: record.machine.state.word, to: state.word, reason: state.reason,
      message: state.message,
      attempt: 1, actor: Operator(uid: 7, user: "bob"), detail: detail)
    return JobChange(record: next, transitions: [transition])
  }

  /// The machine with some of its stored members replaced: what only its own events could change.
  public static func machine(_ machine: JobMachine, _ members: [String: any Encodable]) throws -> JobMachine {
    var stored = try tree(of: machine) as? [String: Any] ?? [:]
    for (name, value) in members { stored[name] = try tree(of: value) }
    return try JSONDecoder().decode(JobMachine.self, from: JSONSerialization.data(withJSONObject: stored))
  }

  private static func tree(of value: some Encodable) throws -> Any {
    try JSONSerialization.jsonObject(with: JSONEncoder().encode(value), options: .fragmentsAllowed)
  }

  public static let run = Run(
    attempt: 1, handle: ProviderHandle(reference: "remote-7", state: ["boot": "b", "pid": 12, "share": 0.5]),
    accepted: time(10), started: time(20))

  /// One state for each case, by the case's name.
  public static var states: [(name: String, state: JobState)] {
    get throws {
      [
        ("queued", .queued(.init(attempt: 2, since: time(1), adopt: true))),
        (
          "submitting",
          try decoded(
            #"{"submitting":{"_0":{"adopt":false,"asked":1790000003000,"attempt":1,"cancelRequested":true,"intended":1790000002000,"queuedSince":1790000001000}}}"#
          )
        ),
        ("submitted", .submitted(Run(attempt: 1, handle: run.handle, accepted: time(10)))),
        ("running", .running(run)),
        (
          "backingOff",
          try decoded(#"{"backingOff":{"_0":{"message":"exit 1","nextAttempt":2,"until":1790000060000}}}"#)
        ),
        ("publishing", .publishing(run)),
        ("cancelling", try cancelling()),
        ("withdrawing", .withdrawing(run)),
        ("done", .done(.completedBeforeCancel)),
        ("failed", .failed(.attemptsExhausted, message: "exit 1")),
        ("cancelled", .cancelled(.cancelledByUser, message: "by ada")),
      ]
    }
  }

  private static func cancelling() throws -> JobState {
    let run = String(decoding: try JSONEncoder().encode(run), as: UTF8.self)
    return try decoded(
      #"{"cancelling":{"_0":{"cause":"runTimeout","delivered":1790000040000,"forced":true,"run":\#(run)}}}"#)
  }

  private static func decoded(_ json: String) throws -> JobState {
    try JSONDecoder().decode(JobState.self, from: Data(json.utf8))
  }
}
