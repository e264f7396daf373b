internal import CSystemd
internal import Glibc
public import Logging

/// Writes log events to systemd's journal, each fact in a field of its own.
public struct JournalLogHandler: LogHandler {
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let identifier: String
  /// Takes what the journal refused.
  private let fallback: StderrLogHandler

  public init(level: Logger.Level = .info, identifier: String = "traind") {
    logLevel = level
    self.identifier = identifier
    fallback = StderrLogHandler(level: level)
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let all = event.metadata(over: metadata, metadataProvider)
    if Self.send(JournalEntry(event, metadata: all, identifier: identifier)) < 0 {
      fallback.write(event, metadata: all)
    }
  }

  /// Returns 0, or a negative errno. libsystemd also returns 0 when nobody listens: ask ``JournalSocket`` first.
  static func send(_ entry: JournalEntry) -> Int32 {
    var bytes: [UInt8] = []
    var lengths: [Int] = []
    for field in entry.fields {
      let before = bytes.count
      bytes += field.name.utf8
      bytes.append(UInt8(ascii: "="))
      bytes += field.value.utf8
      lengths.append(bytes.count - before)
    }
    return bytes.withUnsafeMutableBytes { buffer in
      var parts: [iovec] = []
      var offset = 0
      for length in lengths {
        parts.append(iovec(iov_base: buffer.baseAddress?.advanced(by: offset), iov_len: length))
        offset += length
      }
      return sd_journal_sendv(parts, Int32(parts.count))
    }
  }
}
