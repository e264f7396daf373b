internal import TrainControl
internal import TrainCore

/// A request that passed every check of the server.
struct Call: Sendable {
  /// The request line, for errors.
  var line: String
  /// The path's `{...}`, decoded.
  var parameters: [String: String]
  /// Decoded; only names that the route knows.
  var query: [String: String]
  /// Those that may be given more than once, as they came.
  var repeated: [(name: String, value: String)]
  var body: [UInt8]
  var actor: Operator
  var limits: ControlLimits
  var stop: StopSignal

  var job: JobID { JobID(parameters["job"] ?? "") }
  var provider: String { parameters["provider"] ?? "" }
  var platformID: String { parameters["id"] ?? "" }

  /// The body as JSON; an empty one is an empty object.
  func request<Value: WireValue>(_ type: Value.Type = Value.self) throws(ControlError) -> Value {
    try Value(body.isEmpty ? .empty : try JSON.parse(body, what: "the request's body"))
  }

  /// For a route that takes nothing: an empty body, or an object without members.
  func checkEmpty() throws(ControlError) {
    guard !body.isEmpty else { return }
    try Members(try JSON.parse(body, what: "the request's body"), of: "the request's body").only([])
  }

  private func wrong(_ name: String, _ value: String, expected: String) -> ControlError {
    ControlError(.usage, line, "\(name)=\(value.prefix(100)) is not \(expected)", hint: "see Docs/openapi.yaml")
  }

  func flag(_ name: String) throws(ControlError) -> Bool {
    switch query[name] {
    case nil, "0", "false": return false
    case "1", "true", "": return true
    case .some(let value): throw wrong(name, value, expected: "0 or 1")
    }
  }

  func number(_ name: String, atLeast least: Int64) throws(ControlError) -> Int64? {
    guard let text = query[name] else { return nil }
    guard let number = Int64(text), number >= least else {
      throw wrong(name, text, expected: "a whole number of at least \(least)")
    }
    return number
  }

  func state() throws(ControlError) -> JobState.Word? {
    guard let text = query["state"] else { return nil }
    guard let state = JobState.Word(rawValue: text) else {
      let known = JobState.Word.allCases.map(\.rawValue)
      throw ControlError(
        .usage, line, "unknown state '\(text.prefix(100))'", hint: Nearest.hint(to: text, among: known, noun: "state"))
    }
    return state
  }
}
