import Glibc
import Logging
import Testing

@testable import TrainDaemon

@Suite struct SystemdLogTests {
  private static func event(
    _ message: Logger.Message, level: Logger.Level = .info, error: (any Error)? = nil
  ) -> LogEvent {
    LogEvent(
      level: level, message: message, error: error, metadata: nil, source: "Test", file: "Room/File.swift",
      function: "go()", line: 7)
  }

  private static func entry(_ metadata: Logger.Metadata, message: Logger.Message = "m") -> JournalEntry {
    JournalEntry(event(message), metadata: metadata, identifier: "traind")
  }

  @Test func `an entry carries its message, level, place and identifier`() {
    let entry = JournalEntry(Self.event("disk full", level: .notice), metadata: [:], identifier: "traind")
    #expect(
      entry.fields.map { "\($0.name)=\($0.value)" } == [
        "MESSAGE=disk full", "PRIORITY=5", "SYSLOG_IDENTIFIER=traind", "CODE_FILE=Room/File.swift", "CODE_LINE=7",
        "CODE_FUNC=go()",
      ])
  }

  @Test(arguments: [
    (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
  ])
  func `a level is the syslog priority of its name`(level: Logger.Level, priority: Int) {
    #expect(level.priority == priority)
  }

  @Test(arguments: [
    ("job", "TRAIND_JOB"), ("remote_id", "TRAIND_REMOTE_ID"), ("remote-id", "TRAIND_REMOTE_ID"),
    ("remoteID", "TRAIND_REMOTE_ID"), ("bytesSent", "TRAIND_BYTES_SENT"), ("message_id", "MESSAGE_ID"),
    ("DOCUMENTATION", "DOCUMENTATION"), ("grpc.status", "TRAIND_GRPC_STATUS"), ("1st", "TRAIND_1ST"),
    ("_uid", "TRAIND__UID"),
  ])
  func `a metadata key becomes a field that journald takes`(key: String, field: String) {
    #expect(Self.entry([key: "x"])[field] == "x")
  }

  @Test func `a key with nothing in it makes no field, and a long one is cut to what journald takes`() {
    #expect(Self.entry(["": "x", "_": "x", "-.-": "x"]).fields.count == 6)
    let long = Self.entry([String(repeating: "k", count: 200): "x"]).fields.last
    #expect(long?.name.utf8.count == 64)
  }

  @Test func `metadata cannot replace what the handler says itself`() {
    let entry = Self.entry(["MESSAGE": "forged", "PRIORITY": "0", "SYSLOG_IDENTIFIER": "kernel"])
    #expect(entry["MESSAGE"] == "m")
    #expect(entry["PRIORITY"] == "6")
    #expect(entry["SYSLOG_IDENTIFIER"] == "traind")
  }

  @Test func `a value keeps its lines and loses other control characters`() {
    #expect(Self.entry(["why": "a\nPRIORITY=0\t\u{1B}[31m\r\0"])["TRAIND_WHY"] == "a\nPRIORITY=0\t\\x1b[31m\\r\\x00")
  }

  @Test func `a value that outgrows its cap is cut at a character and says so`() throws {
    let value = try #require(Self.entry(["log": "\(String(repeating: "ä", count: 100_000))"])["TRAIND_LOG"])
    #expect(value.utf8.count <= JournalEntry.mostValueBytes)
    #expect(value.utf8.count > JournalEntry.mostValueBytes - 8)
    #expect(value.hasSuffix("ä..."))
  }

  @Test(arguments: [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abc..."), ("a\nb", 8, "a\\nb"), ("\n\n\n\n", 6, "\\n...")])
  func `escaped text never exceeds its cap`(text: String, cap: Int, escaped: String) {
    #expect(LogText.escaped(text, cap: cap) == escaped)
  }

  @Test func `the number of fields has a cap`() {
    let many = Dictionary(uniqueKeysWithValues: (0..<500).map { ("k\($0)", Logger.Metadata.Value.string("x")) })
    #expect(Self.entry(many).fields.count == JournalEntry.mostFields)
  }

  @Test func `the event's metadata wins over the provider's and the handler's`() {
    let event = LogEvent(
      level: .info, message: "m", error: nil, metadata: ["a": "event"], source: nil, file: "f", function: "g", line: 1)
    let merged = event.metadata(
      over: ["a": "handler", "b": "handler", "c": "handler"], .init { ["a": "provider", "b": "provider"] })
    #expect(merged == ["a": "event", "b": "provider", "c": "handler"])
  }

  @Test func `a line on standard error has the priority, the message and the facts in order`() {
    let line = StderrLogHandler.line(
      Self.event("uploading", level: .notice),
      metadata: ["registry": "shelf", "job": "a@1", "message_id": "00ff", "why": "two words", "empty": ""])
    #expect(line == "<5>uploading job=a@1 registry=shelf why=\"two words\"")
  }

  @Test func `nothing that a peer sends begins a line of its own on standard error`() {
    let line = StderrLogHandler.line(
      Self.event("bad\n<0>kernel panic"), metadata: ["why": "x\n<0>\u{85}y\u{2028}z \"q\" k=v"])
    #expect(line == #"<6>bad\n<0>kernel panic why="x\n<0>\x85y\nz \"q\" k=v""#)
  }

  @Test func `a line on standard error has a cap`() {
    let many = Dictionary(
      uniqueKeysWithValues: (0..<50).map {
        ("k\($0)", Logger.Metadata.Value.string(String(repeating: "v", count: 5000)))
      })
    let line = StderrLogHandler.line(Self.event("m"), metadata: many)
    #expect(line.utf8.count < StderrLogHandler.mostLineBytes)
    #expect(line.contains("k0="))
  }

  @Test func `a logger's lines arrive whole at its descriptor`() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    var logger = Logger(label: "test") { [ends] _ in StderrLogHandler(level: .info, descriptor: ends[1]) }
    logger[metadataKey: "job"] = "a@1"
    logger.info("one")
    logger.debug("not asked for")
    logger.error("two", metadata: ["code": "7"])
    close(ends[1])
    var bytes = [UInt8](repeating: 0, count: 1000)
    let count = read(ends[0], &bytes, bytes.count)
    #expect(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self) == "<6>one job=a@1\n<3>two code=7 job=a@1\n")
  }

  @Test(arguments: [
    (LogDestination.auto, true, true, LogDestination.journal), (.auto, true, false, .stderr),
    (.auto, false, true, .stderr), (.journal, false, true, .journal), (.journal, false, false, .stderr),
    (.stderr, true, true, .stderr),
  ])
  func `the log goes where it is read`(
    asked: LogDestination, isStream: Bool, answers: Bool, expected: LogDestination
  ) {
    #expect(asked.resolved(isStream: isStream, answers: answers) == expected)
  }

  @Test func `JOURNAL_STREAM counts only while the descriptor is that stream`() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    var status = stat()
    try #require(fstat(ends[1], &status) == 0)
    #expect(JournalSocket.isStream("\(status.st_dev):\(status.st_ino)", descriptor: ends[1]))
    #expect(!JournalSocket.isStream("\(status.st_dev):\(status.st_ino + 1)", descriptor: ends[1]))
    for wrong in [nil, "", "1", "1:2:3", "a:b", "-1:2", "\(status.st_dev):\(status.st_ino) "] {
      #expect(!JournalSocket.isStream(wrong, descriptor: ends[1]))
    }
  }

  @Test func `a journal socket without a listener does not answer`() throws {
    let listener = try DatagramListener()
    #expect(JournalSocket.answers(at: listener.path))
    listener.stop()
    #expect(!JournalSocket.answers(at: listener.path))
  }
}
