/// A job's id everywhere: `<spec>@<version>`.
public struct JobID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let description: String

  public init(_ text: String) { description = text }
  public init(spec: String, version: String) { description = "\(spec)@\(version)" }

  public static func < (a: JobID, b: JobID) -> Bool { a.description < b.description }
}

extension JobID: Codable {
  public init(from decoder: any Decoder) throws {
    description = try decoder.singleValueContainer().decode(String.self)
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
