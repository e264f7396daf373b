internal import Glibc
public import Logging

/// Writes log events to standard error, one line each: `<6>message key=value ...`.
///
/// The prefix is the priority as sd-daemon(3) defines it: who collects our standard error keeps the level.
public struct StderrLogHandler: LogHandler {
  /// Bytes of one value, and of the message.
  public static let mostValueBytes = 4 * 1024
  /// Bytes of a line, its line feed included. Longer ones lose their last values.
  public static let mostLineBytes = 16 * 1024

  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let descriptor: Int32

  public init(level: Logger.Level = .info, descriptor: Int32 = 2) {
    logLevel = level
    self.descriptor = descriptor
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    write(event, metadata: event.metadata(over: metadata, metadataProvider))
  }

  func write(_ event: LogEvent, metadata: Logger.Metadata) {
    var line = Self.line(event, metadata: metadata)
    line += "\n"
    // One write per line: lines of several threads do not mix. What cannot be written is lost; there is nobody to tell.
    line.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      }
    }
  }

  /// The line without its line feed. `message_id` is for machines that read the journal, and left out.
  static func line(_ event: LogEvent, metadata: Logger.Metadata) -> String {
    var line = "<\(event.level.priority)>" + LogText.escaped(event.message.description, cap: mostValueBytes)
    var facts = metadata.filter { $0.key != "message_id" }.map { ($0.key, $0.value.description) }
    facts.sort { $0.0 < $1.0 }
    if let error = event.error { facts.append(("error", "\(error)")) }
    for (key, value) in facts where !value.isEmpty {
      let fact = " " + LogText.escaped(key, cap: 64) + "=" + quoted(value)
      guard line.utf8.count + fact.utf8.count < mostLineBytes else { break }
      line += fact
    }
    return line
  }

  private static func quoted(_ value: String) -> String {
    let escaped = LogText.escaped(value, cap: mostValueBytes)
    guard escaped.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return escaped }
    return "\"" + escaped.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
  }
}
