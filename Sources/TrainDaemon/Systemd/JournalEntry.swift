public import Logging

/// One entry of the journal as the fields that it consists of. Built here, sent by ``JournalLogHandler``.
public struct JournalEntry: Hashable, Sendable {
  public struct Field: Hashable, Sendable {
    /// `[A-Z][A-Z0-9_]*`, at most 64 bytes: journald drops anything else.
    public let name: String
    public let value: String
  }

  /// journald takes 1024 fields; nobody here writes that many on purpose.
  public static let mostFields = 64
  /// Bytes of one value. What is longer is cut and ends in `...`.
  public static let mostValueBytes = 16 * 1024

  public let fields: [Field]

  /// - Parameters:
  ///   - metadata: everything that belongs to the event: the handler's, the provider's and its own. The key
  ///     `message_id` becomes `MESSAGE_ID`; a key that begins with a capital letter is taken as it is; any other key
  ///     gets the prefix `TRAIND_` and snake case (`remoteID`, `remote-id` and `remote_id` are all `TRAIND_REMOTE_ID`).
  ///     Nil-like values (empty texts) are left out.
  ///   - identifier: `SYSLOG_IDENTIFIER`.
  public init(_ event: LogEvent, metadata: Logger.Metadata, identifier: String) {
    var fields = [
      Field("MESSAGE", event.message.description),
      Field("PRIORITY", String(event.level.priority)),
      Field("SYSLOG_IDENTIFIER", identifier),
      Field("CODE_FILE", event.file),
      Field("CODE_LINE", String(event.line)),
      Field("CODE_FUNC", event.function),
    ]
    if let error = event.error { fields.append(Field("TRAIND_ERROR", "\(error)")) }
    var taken = Set(fields.map(\.name))
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      guard fields.count < Self.mostFields else { break }
      let text = value.description
      guard !text.isEmpty, let name = Self.name(of: key), taken.insert(name).inserted else { continue }
      fields.append(Field(name, text))
    }
    self.fields = fields
  }

  public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// The field that a metadata key becomes; `nil` when nothing of it can be used.
  static func name(of key: String) -> String? {
    guard let first = key.unicodeScalars.first else { return nil }
    let snake = snake(key)
    guard snake.contains(where: { $0 != "_" }) else { return nil }
    let name: String
    if key == "message_id" {
      name = "MESSAGE_ID"
    } else if first.properties.isUppercase, first.isASCII {
      name = snake
    } else {
      name = "TRAIND_" + snake
    }
    return String(name.prefix(64))
  }

  private static func snake(_ key: String) -> String {
    var snake = ""
    var afterLower = false
    for scalar in key.unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9":
        snake += String(scalar).uppercased()
        afterLower = true
      case "A"..."Z":
        if afterLower { snake += "_" }
        snake.unicodeScalars.append(scalar)
        afterLower = false
      default:
        snake += "_"
        afterLower = false
      }
    }
    return snake
  }
}

extension JournalEntry.Field {
  fileprivate init(_ name: String, _ value: String) {
    self.name = name
    // journald frames values by their length: a line feed is safe in there. Other controls would turn the field into
    // bytes that `journalctl` does not print.
    self.value = LogText.escaped(value, cap: JournalEntry.mostValueBytes, keepingLines: true)
  }
}
