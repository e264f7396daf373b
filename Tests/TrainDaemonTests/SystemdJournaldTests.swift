import Foundation
import Logging
import Testing

@testable import TrainDaemon

/// Against a real journald, which listens on a fixed path only: the test starts itself once more where that path is
/// its own.
@Suite struct SystemdJournaldTests {
  private static let inside = ProcessInfo.processInfo.environment["TRAIND_TEST_JOURNALD"] != nil
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../booted/with-journald").standardizedFileURL.path

  @Test(.enabled(if: !inside)) func `what is logged arrives in a real journal, field by field`() throws {
    let output = try Self.run(
      Self.script,
      [
        "sh", "-c", "\"$@\" >/dev/null && journalctl --no-pager --all -o json SYSLOG_IDENTIFIER=traind-test", "sh",
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), "--testing-library",
        "swift-testing", "--filter", "logs what the test around it reads",
      ])
    guard output.status != 77 else {
      print("skipped: \(output.errors)")
      return
    }
    try #require(output.status == 0, "\(output.errors)")
    let entries = try output.text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    try #require(entries.count == 2)
    let entry = entries[0]
    #expect(entry["MESSAGE"] as? String == "a line\nand <0>another")
    #expect(entry["PRIORITY"] as? String == "5")
    #expect(entry["MESSAGE_ID"] as? String == TransitionKind.running.messageID)
    #expect(entry["TRAIND_JOB"] as? String == "hardhat@1.4.0")
    #expect(entry["TRAIND_WHY"] as? String == "\\x1b[31m red")
    #expect(entry["CODE_FUNC"] as? String != nil)
    #expect(entry["_TRANSPORT"] as? String == "journal")
    #expect((entries[1]["TRAIND_LONG"] as? String)?.utf8.count == JournalEntry.mostValueBytes)
  }

  /// Runs only inside of the test above.
  @Test(.enabled(if: inside)) func `logs what the test around it reads`() throws {
    #expect(JournalSocket.answers())
    let logger = Logger(label: "test") { _ in JournalLogHandler(level: .info, identifier: "traind-test") }
    logger.notice(
      "a line\nand <0>another",
      metadata: [
        "job": "hardhat@1.4.0", "message_id": "\(TransitionKind.running.messageID)", "why": "\u{1B}[31m red",
      ])
    logger.info("long", metadata: ["long": "\(String(repeating: "x", count: 300_000))"])
    // journalctl reads what journald has written down; --sync waits for that.
    _ = try Self.run("/usr/bin/journalctl", ["--sync"])
  }

  private struct Output {
    var status: Int32
    var text: String
    var errors: String
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Output {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["TRAIND_TEST_JOURNALD": "1"]) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // Errors are few lines and fit into the pipe until they are read.
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let errorText = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Output(
      status: process.terminationStatus, text: String(decoding: text, as: UTF8.self),
      errors: String(decoding: errorText, as: UTF8.self))
  }
}
