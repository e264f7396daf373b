public import TrainCore

/// An object being read, with errors that say which member of what is wrong.
public struct Members {
  private let members: [String: JSON]
  private let what: String

  /// - Parameter what: the whole thing, for errors: `a job`.
  public init(_ json: JSON, of what: String) throws(ControlError) {
    guard let members = json.object else { throw Self.wrong("\(what) is not a JSON object") }
    self.members = members
    self.what = what
  }

  static func wrong(_ why: String) -> ControlError {
    ControlError(.usage, "read JSON", why, hint: "see Docs/openapi.yaml; trainctl and traind should be of one version")
  }

  /// Refuses members that are not among `known`, naming the nearest.
  public func only(_ known: [String]) throws(ControlError) {
    for name in members.keys.sorted() where !known.contains(name) {
      throw ControlError(
        .usage, "read \(what)", "unknown field '\(name)'", hint: Nearest.hint(to: name, among: known, noun: "field"))
    }
  }

  private func expected(_ type: String, _ name: String) -> ControlError {
    Self.wrong("\(what): '\(name)' must be \(type)")
  }

  private func present(_ name: String) -> JSON? {
    guard let value = members[name], value != .null else { return nil }
    return value
  }

  private func need<Value>(_ value: Value?, _ type: String, _ name: String) throws(ControlError) -> Value {
    guard let value else { throw expected(type, name) }
    return value
  }

  /// `nil` when the member is absent or null.
  private func optional<Value>(_ name: String, _ type: String, _ read: (JSON) -> Value?) throws(ControlError) -> Value?
  {
    guard let json = present(name) else { return nil }
    return try need(read(json), type, name)
  }

  public func value(_ name: String) -> JSON { members[name] ?? .null }
  public func optionalString(_ name: String) throws(ControlError) -> String? {
    try optional(name, "a string", \.string)
  }
  public func optionalInt(_ name: String) throws(ControlError) -> Int64? { try optional(name, "a whole number", \.int) }
  public func optionalDouble(_ name: String) throws(ControlError) -> Double? {
    try optional(name, "a number", \.double)
  }
  public func optionalBool(_ name: String) throws(ControlError) -> Bool? { try optional(name, "true or false", \.bool) }
  public func optionalTime(_ name: String) throws(ControlError) -> Timestamp? {
    try optional(name, "a time like 2026-11-21T02:13:00Z") { $0.string.flatMap(Timestamp.init(iso8601:)) }
  }
  public func optionalValue<Value: WireValue>(
    _ name: String, of type: Value.Type = Value.self
  ) throws(ControlError) -> Value? {
    guard let json = present(name) else { return nil }
    return try Value(json)
  }
  public func optionalObject(_ name: String) throws(ControlError) -> Members? {
    guard let json = present(name) else { return nil }
    return try Members(json, of: "\(what): '\(name)'")
  }

  public func string(_ name: String) throws(ControlError) -> String { try need(optionalString(name), "a string", name) }
  public func int(_ name: String) throws(ControlError) -> Int64 { try need(optionalInt(name), "a whole number", name) }
  public func bool(_ name: String) throws(ControlError) -> Bool { try need(optionalBool(name), "true or false", name) }
  public func time(_ name: String) throws(ControlError) -> Timestamp { try need(optionalTime(name), "a time", name) }
  public func object(_ name: String) throws(ControlError) -> Members {
    try need(optionalObject(name), "an object", name)
  }

  /// Empty when the member is absent or null.
  public func array(_ name: String) throws(ControlError) -> [JSON] {
    try optional(name, "an array", \.array) ?? []
  }
  public func strings(_ name: String) throws(ControlError) -> [String] {
    var strings: [String] = []
    for json in try array(name) { strings.append(try need(json.string, "an array of strings", name)) }
    return strings
  }
  public func list<Value: WireValue>(_ name: String, of type: Value.Type = Value.self) throws(ControlError) -> [Value] {
    var values: [Value] = []
    for json in try array(name) { values.append(try Value(json)) }
    return values
  }
}
