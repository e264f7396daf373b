public import TrainCore

/// A job as users see it.
public struct JobView: Hashable, Sendable {
  public var id: JobID
  public var spec: String
  public var modelName: String
  public var modelVersion: String
  public var state: JobState.Word
  /// A word of ``JobReason``; of the state, or of the hold.
  public var reason: String?
  public var message: String?
  public var held: Bool
  /// The connection does not answer; an overlay that changes no state.
  public var unreachable: Bool
  public var provider: String
  public var remoteID: String?
  public var attempt: Int
  /// 0...1
  public var progress: Double?
  public var metrics: [String: Double]
  /// The training's own status line.
  public var status: String?
  public var created: Timestamp
  public var changed: Timestamp
  public var finished: Timestamp?
  /// When something is done about it next, if that is known.
  public var nextCheck: Timestamp?
  public var artifact: ArtifactView?
  public var publications: [PublicationView]
  /// What uploads that were given up hold at registries, and is still to be freed.
  public var leftovers: [LeftoverView]

  /// What is known beside the stored job.
  public struct Overlay: Hashable, Sendable {
    public var unreachable: Bool
    public var nextCheck: Timestamp?

    public init(unreachable: Bool = false, nextCheck: Timestamp? = nil) {
      self.unreachable = unreachable
      self.nextCheck = nextCheck
    }
  }

  public init(_ record: JobRecord, overlay: Overlay = Overlay()) {
    let machine = record.machine
    id = record.id
    spec = record.spec.name
    modelName = record.spec.modelName
    modelVersion = record.version
    state = machine.state.word
    reason = (machine.state.reason ?? machine.hold?.reason)?.rawValue
    message = machine.state.message ?? machine.hold?.message ?? machine.call?.fault.message
    held = machine.hold != nil
    unreachable = overlay.unreachable
    provider = record.spec.provider
    remoteID = (machine.state.run ?? machine.lastRun)?.handle.reference
    attempt = machine.attempt
    progress = machine.progress?.progress
    metrics = machine.progress?.metrics ?? [:]
    status = machine.progress?.status
    created = record.created
    changed = record.changed
    finished = record.finished
    nextCheck = overlay.nextCheck
    artifact = machine.artifact.map(ArtifactView.init(_:))
    publications = machine.publications.map { PublicationView($0, artifactBytes: machine.artifact?.bytes) }
    leftovers = machine.leftoversOwed.map(LeftoverView.init(_:))
  }
}

extension JobView: WireValue {
  public init(_ json: JSON) throws(ControlError) {
    let job = try Members(json, of: "a job")
    let word = try job.string("state")
    guard let state = JobState.Word(rawValue: word) else { throw Members.wrong("a job: unknown state '\(word)'") }
    let model = try job.object("model")
    id = JobID(try job.string("id"))
    spec = try job.string("spec")
    modelName = try model.string("name")
    modelVersion = try model.string("version")
    self.state = state
    reason = try job.optionalString("reason")
    message = try job.optionalString("message")
    held = try job.optionalBool("held") ?? false
    unreachable = try job.optionalBool("unreachable") ?? false
    provider = try job.string("provider")
    remoteID = try job.optionalString("remote_id")
    attempt = Int(try job.int("attempt"))
    progress = try job.optionalDouble("progress")
    metrics = (job.value("metrics").object ?? [:]).compactMapValues(\.double)
    status = try job.optionalString("status")
    created = try job.time("created")
    changed = try job.time("changed")
    finished = try job.optionalTime("finished")
    nextCheck = try job.optionalTime("next_check")
    let artifact = job.value("artifact")
    self.artifact = artifact == .null ? nil : try ArtifactView(artifact)
    publications = try job.list("publications")
    leftovers = try job.list("leftovers")
  }

  public var json: JSON {
    [
      "schema": wireSchema, "id": .text(id), "spec": .string(spec),
      "model": ["name": .string(modelName), "version": .string(modelVersion)],
      "state": .string(state.rawValue), "reason": .text(reason), "message": .text(message),
      "held": .bool(held), "unreachable": .bool(unreachable), "provider": .string(provider),
      "remote_id": .text(remoteID), "attempt": .integer(attempt), "progress": .number(progress),
      "metrics": .object(metrics.mapValues(JSON.number)), "status": .text(status),
      "created": .time(created), "changed": .time(changed), "finished": .time(finished),
      "next_check": .time(nextCheck), "artifact": artifact?.json ?? .null, "publications": .list(publications),
      "leftovers": .list(leftovers),
    ]
  }
}
