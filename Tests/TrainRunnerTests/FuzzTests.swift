import Foundation
import Testing
import TrainCore
import TrainTestKit

@testable import TrainRunner

@Suite(.timeLimit(.minutes(60))) struct FuzzTests {
  private static let pieces = [
    "[", "]", "{", "}", ",", ":", "\"", "null", "\"call\":", "\"key\":", "\"../x\"",
    "{\"stop\":{\"force\":true,\"key\":\"a\"}}",
    "STATUS=", "X_TRAIND_METRIC=", "X_TRAIND_PROGRESS=", "=", "\n", "nan", "inf",
  ]

  /// What is read is written and read as the same; what can't be is refused, with what it was.
  private func run<Value: Codable>(_ name: String, as types: Value.Type) async throws {
    var fuzzing = try Fuzzing(name, rounds: 1500, pieces: Self.pieces, file: #filePath)
    try await fuzzing.run { (bytes) throws -> Bool in
      let value: Value
      do throws(RunnerError) { value = try JSONLine.decode(Value.self, from: bytes, as: name) } catch {
        #expect(error.message.contains(name))
        return false
      }
      let line = try JSONLine.encode(value)
      #expect(try JSONLine.encode(JSONLine.decode(Value.self, from: line, as: name)) == line)
      #expect(line.last == UInt8(ascii: "\n") && line.count { $0 == UInt8(ascii: "\n") } == 1)
      if let message = value as? RunnerMessage, case .start(let job) = message.call, job.problem == nil {
        #expect(!job.key.contains("/") && !job.key.hasPrefix("."), "a key names a directory")
      }
      return true
    }
  }

  @Test func `messages`() async throws { try await run("message", as: RunnerMessage.self) }
  @Test func `replies`() async throws { try await run("reply", as: RunnerReply.self) }

  @Test func `records of the processes`() async throws {
    try await run("record", as: ExitRecord.self)
    try await run("record", as: ShimRecord.self)
    try await run("record", as: ProgressRecord.self)
  }

  @Test func `whatever a training tells of itself stays within bounds`() async throws {
    var fuzzing = try Fuzzing("notify", rounds: 5000, pieces: Self.pieces, file: #filePath)
    var record = ProgressRecord()
    await fuzzing.run { bytes in
      let isNews = NotifyMessage.apply(bytes, to: &record)
      #expect(record.metrics.count <= NotifyMessage.mostMetrics)
      #expect(record.metrics.allSatisfy { $0.value.isFinite && $0.key.utf8.count <= NotifyMessage.longestMetricName })
      #expect((record.status?.utf8.count ?? 0) <= NotifyMessage.longestStatus)
      #expect(record.progress.map { (0...1).contains($0) } ?? true)
      #expect(record.status?.unicodeScalars.allSatisfy { $0.value >= 0x20 } ?? true)
      return isNews
    }
  }
}
