import Testing
import TrainCore
import TrainEngine
import TrainTestKit

@Suite struct SpoolTests {
  private let job = JobID("hat@1")

  @Test func `a file that took several tries counts once against the quota`() async throws {
    try await TemporaryDirectory.with { directory in
      let spool = try Spool(root: "\(directory)/spool", quota: 1000)
      for tag in ["one", "one", "one", "other", "other"] {
        let sink = try await spool.sink(for: job, attempt: 1)
        _ = try await sink.open("model", tag: tag, total: 800)
        try await sink.write([UInt8](repeating: 1, count: 100), to: "model")
        await sink.close()
      }
      let sink = try await spool.sink(for: job, attempt: 1)
      let held = try await sink.open("model", tag: "other", total: 800)
      #expect(held == 200, "what came before the tag changed is thrown away")
      try await sink.write([UInt8](repeating: 1, count: 600), to: "model")
      _ = try await sink.finish("model")
      _ = try await sink.complete()
      await sink.forgetTags()
      #expect(await spool.used == 800)
    }
  }

  @Test func `what does not fit is refused, and fits when another is gone`() async throws {
    try await TemporaryDirectory.with { directory in
      let spool = try Spool(root: "\(directory)/spool", quota: 1000)
      let first = try await spool.sink(for: job, attempt: 1)
      _ = try await first.open("model", tag: "t", total: 800)
      let second = try await spool.sink(for: JobID("cap@1"), attempt: 1)
      let fault = await #expect(throws: Fault.self) {
        () async throws -> Void in _ = try await second.open("model", tag: "t", total: 300)
      }
      #expect(fault?.code == .diskFull)
      await first.close()
      #expect(try await second.open("model", tag: "t", total: 300) == 0)
      await second.close()
    }
  }
}
