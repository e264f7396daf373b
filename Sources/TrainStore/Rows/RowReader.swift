internal import GRDB
internal import TrainCore

/// Reads columns by position and never traps: what is in a file may be anything.
struct RowReader {
  var row: Row
  /// For messages, as `event`.
  var table: StaticString

  func value<Value: DatabaseValueConvertible>(_ column: Int, _ type: Value.Type = Value.self) throws -> Value {
    guard let value = Value.fromDatabaseValue(row[column] as DatabaseValue) else {
      throw unreadable(column, "unusable")
    }
    return value
  }

  func optional<Value: DatabaseValueConvertible>(_ column: Int, _ type: Value.Type = Value.self) throws -> Value? {
    let stored: DatabaseValue = row[column]
    return stored.isNull ? nil : try value(column)
  }

  func time(_ column: Int) throws -> Timestamp { Timestamp(milliseconds: try value(column)) }
  func optionalTime(_ column: Int) throws -> Timestamp? { try optional(column).map(Timestamp.init(milliseconds:)) }

  func word<Word: RawRepresentable<String>>(_ column: Int, _ type: Word.Type = Word.self) throws -> Word {
    let text: String = try value(column)
    guard let word = Word(rawValue: text) else { throw unreadable(column, "`\(text)`") }
    return word
  }

  func optionalWord<Word: RawRepresentable<String>>(_ column: Int, _ type: Word.Type = Word.self) throws -> Word? {
    let stored: DatabaseValue = row[column]
    return stored.isNull ? nil : try word(column)
  }

  func json<Value: Decodable>(_ column: Int, _ type: Value.Type = Value.self) throws -> Value {
    let text: String = try value(column)
    do { return try StoredJSON.value(from: text) } catch { throw unreadable(column, "\(error)") }
  }

  private func unreadable(_ column: Int, _ why: String) -> Unreadable {
    let name = Array(row.columnNames)[column]
    return Unreadable(what: "\(table).\(name) of `\(row[0] as DatabaseValue)`: \(why)")
  }
}
