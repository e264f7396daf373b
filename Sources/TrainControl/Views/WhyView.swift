public import TrainCore

/// Why a job waits or failed, and what happens next.
public struct WhyView: Hashable, Sendable, WireValue {
  public var job: JobID
  public var state: JobState.Word
  public var reason: String?
  /// One plain sentence.
  public var sentence: String
  /// The last lines of the training's own output, where they tell something.
  public var tail: [String]

  public init(job: JobID, state: JobState.Word, reason: String?, sentence: String, tail: [String] = []) {
    self.job = job
    self.state = state
    self.reason = reason
    self.sentence = sentence
    self.tail = tail
  }

  public init(_ json: JSON) throws(ControlError) {
    let why = try Members(json, of: "an explanation")
    job = JobID(try why.string("id"))
    state = JobState.Word(rawValue: try why.string("state")) ?? .queued
    reason = try why.optionalString("reason")
    sentence = try why.string("why")
    tail = try why.strings("tail")
  }

  public var json: JSON {
    [
      "schema": wireSchema, "id": .text(job), "state": .string(state.rawValue), "reason": .text(reason),
      "why": .string(sentence), "tail": .texts(tail),
    ]
  }
}
