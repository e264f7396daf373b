public import TrainCore

/// What goes over the control socket. Readers ignore members that they don't know: fields are only ever added.
public protocol WireValue: Sendable {
  init(_ json: JSON) throws(ControlError)
  var json: JSON { get }
}

/// The version of every document's layout, in its member `schema`.
public let wireSchema: JSON = 1

extension JSON {
  public static func text(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
  public static func text(_ value: some CustomStringConvertible) -> JSON { .string(value.description) }
  public static func integer(_ value: (some BinaryInteger)?) -> JSON {
    value.flatMap { Int64(exactly: $0) }.map(JSON.int) ?? .null
  }
  /// ISO 8601 in UTC, whole seconds.
  public static func time(_ value: Timestamp?) -> JSON { value.map { .string($0.iso8601) } ?? .null }
  public static func list(_ values: [some WireValue]) -> JSON { .array(values.map(\.json)) }
  public static func texts(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
}
