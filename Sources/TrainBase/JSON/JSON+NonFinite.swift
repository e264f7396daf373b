extension JSON {
  /// A number for other programs: what JSON has no number for (NaN, infinities) is null.
  public static func number(_ value: Double?) -> JSON {
    guard let value, value.isFinite else { return .null }
    return .double(value)
  }

  /// The same tree with null for every NaN and infinity: what is published has to be read by any parser.
  public var finite: JSON {
    switch self {
    case .double(let value): JSON.number(value)
    case .array(let values): .array(values.map(\.finite))
    case .object(let members): .object(members.mapValues(\.finite))
    case .null, .bool, .int, .string: self
    }
  }
}
