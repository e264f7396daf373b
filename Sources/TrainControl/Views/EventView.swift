public import TrainCore

/// One transition of one job; a line of `/v1/events`.
public struct EventView: Hashable, Sendable {
  public var sequence: Int64
  public var time: Timestamp
  public var job: JobID
  public var from: String
  public var to: String
  public var reason: String?
  public var message: String?
  public var attempt: Int
  public var actor: Operator?
  public var detail: [String: JSON]

  public init(_ record: EventRecord) {
    let transition = record.transition
    sequence = record.sequence
    time = transition.time
    job = record.job
    from = transition.from.rawValue
    to = transition.to.rawValue
    reason = transition.reason?.rawValue
    message = transition.message
    attempt = transition.attempt
    actor = transition.actor
    detail = transition.detail
  }
}

extension EventView: WireValue {
  public init(_ json: JSON) throws(ControlError) {
    let event = try Members(json, of: "an event")
    sequence = try event.int("seq")
    time = try event.time("time")
    job = JobID(try event.string("job"))
    from = try event.string("from")
    to = try event.string("to")
    reason = try event.optionalString("reason")
    message = try event.optionalString("message")
    attempt = Int(try event.optionalInt("attempt") ?? 1)
    if let actor = try event.optionalObject("actor") {
      self.actor = Operator(uid: UInt32(clamping: try actor.int("uid")), user: try actor.string("user"))
    }
    detail = event.value("detail").object ?? [:]
  }

  public var json: JSON {
    [
      "seq": .int(sequence), "time": .time(time), "job": .text(job), "from": .string(from), "to": .string(to),
      "reason": .text(reason), "message": .text(message), "attempt": .integer(attempt),
      "actor": actor.map { ["uid": .integer($0.uid), "user": .string($0.user)] } ?? .null,
      "detail": .object(detail),
    ]
  }
}
