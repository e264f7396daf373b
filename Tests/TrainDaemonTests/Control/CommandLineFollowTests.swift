import Foundation
import Testing
import TrainControl
import TrainCore

@testable import TrainDaemon

@Suite struct CommandLineFollowTests {
  private func start(
    _ harness: ControlHarness, _ arguments: String...
  ) -> Task<CommandLineTool.Outcome, any Error> {
    Task { try await CommandLineTool.run(["--socket", harness.socket] + arguments) }
  }

  private static func state(_ jobs: [(String, JobState.Word)]) -> ScriptedDaemon.State {
    .init(jobs: jobs.map { Samples.job($0.0, $0.1) })
  }

  @Test(arguments: [
    (JobState.Word.done, [String](), Int32(0)), (.failed, [], 10), (.cancelled, [], 11),
    (.publishing, ["--for", "running"], 0),
    (.failed, ["--for", "failed"], 0), (.done, ["--for", "cancelled"], 1), (.failed, ["--for", "cancelled"], 10),
    (.cancelled, ["--for", "running"], 11),
  ])
  func `wait tells how it ended`(state: JobState.Word, options: [String], code: Int32) async throws {
    try await ControlHarness.with(Self.state([("a@1", state)])) { harness async throws in
      let outcome = try await CommandLineTool.run(["--socket", harness.socket, "wait", "a@1"] + options)
      #expect(outcome.status == code, "\(outcome.errors)")
      #expect(outcome.output == "a@1 \(state.rawValue)\n")
    }
  }

  @Test func `wait returns when the last job has ended, with the worst outcome`() async throws {
    try await ControlHarness.with(Self.state([("a@1", .running), ("b@1", .running)])) { harness async throws in
      let daemon = harness.daemon
      let waiting = start(harness, "wait", "a@1", "b@1")
      try await ControlHarness.eventually { daemon.followers == 1 }
      daemon.transition("a@1", to: .failed)
      daemon.transition("b@1", to: .publishing)
      daemon.transition("b@1", to: .done)
      let outcome = try await waiting.value
      #expect(outcome.status == 10)
      #expect(outcome.output == "a@1 failed\nb@1 done\n")
    }
  }

  @Test func `a time limit is 75`() async throws {
    try await ControlHarness.with(Self.state([("a@1", .running)])) { harness async throws in
      let outcome = try await CommandLineTool.run(
        ["--socket", harness.socket, "wait", "a@1", "--timeout", "200ms"])
      #expect(outcome.status == 75)
      #expect(outcome.errors.contains("the time is up"))
    }
  }

  @Test func `a time limit holds while the daemon is away`() async throws {
    let harness = try await ControlHarness.with(Self.state([("a@1", .running)])) { harness async throws in
      let waiting = start(harness, "wait", "a@1", "--timeout", "2s")
      let daemon = harness.daemon
      try await ControlHarness.eventually { daemon.followers == 1 }
      return waiting
    }
    #expect(try await harness.value.status == 75)
  }

  @Test func `wait rides out a restart and misses nothing`() async throws {
    try await restarting(Self.state([("a@1", .running)])) { harness in
      start(harness, "wait", "a@1")
    } meanwhile: { daemon in
      daemon.transition("a@1", to: .done)
    } check: { outcome in
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output == "a@1 done\n")
    }
  }

  @Test func `events go on after a restart, none twice and none left out`() async throws {
    try await restarting(Self.state([("a@1", .running)])) { harness in
      start(harness, "watch", "a@1", "-o", "jsonl")
    } meanwhile: { daemon in
      daemon.transition("a@1", to: .publishing)
      daemon.transition("a@1", to: .done)
    } check: { outcome in
      #expect(outcome.status == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n").map { Array($0.utf8) }
      let events = try lines.dropFirst().map { try EventView(try JSON.parse($0, what: "a line")) }
      #expect(events.map(\.sequence) == [1, 2])
    }
  }

  /// The daemon goes away while the command follows; something happens; it comes back.
  private func restarting(
    _ state: ScriptedDaemon.State, _ start: @Sendable (ControlHarness) -> Task<CommandLineTool.Outcome, any Error>,
    meanwhile: (ScriptedDaemon) -> Void, check: @Sendable (CommandLineTool.Outcome) throws -> Void
  ) async throws {
    let directory = "/tmp/traind-restart-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let harness = ControlHarness(
      daemon: ScriptedDaemon(state), directory: directory, socket: "\(directory)/control.sock")
    let daemon = harness.daemon
    let command = try await harness.serving { () async throws in
      let command = start(harness)
      try await ControlHarness.eventually { daemon.followers == 1 }
      return command
    }
    meanwhile(daemon)
    try await harness.serving { () async throws in try check(try await command.value) }
  }

  @Test func `plain watch has a line for each job and each event, and ends with its jobs`() async throws {
    try await ControlHarness.with(Self.state([("a@1", .running)])) { harness async throws in
      let daemon = harness.daemon
      let watching = start(harness, "watch", "a@1")
      try await ControlHarness.eventually { daemon.followers == 1 }
      daemon.transition("a@1", to: .failed, reason: "training-failed")
      let outcome = try await watching.value
      #expect(outcome.status == 0)
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.first?.contains("a@1 running") == true)
      #expect(lines.last == "2026-11-21T02:13:00Z a@1 running -> failed training-failed by root")
      #expect(daemon.calls.contains("show a@1"))
    }
  }

  @Test func `cancel waits until it is so`() async throws {
    try await ControlHarness.with(Self.state([("a@1", .running)])) { harness async throws in
      let daemon = harness.daemon
      let cancelling = start(harness, "cancel", "--wait", "a@1")
      try await ControlHarness.eventually { daemon.followers == 1 }
      daemon.transition("a@1", to: .cancelling)
      daemon.transition("a@1", to: .cancelled)
      let outcome = try await cancelling.value
      #expect(outcome.status == 0)
      #expect(outcome.output == "a@1 cancelled\n")
    }
  }

  @Test func `logs come page by page until the job has ended`() async throws {
    var state = Self.state([("a@1", .done)])
    state.pages = [
      LogView(text: "epoch 1\n", next: "1", hasMore: true, ended: false),
      LogView(text: "epoch 2\n", next: "2", hasMore: false, ended: true),
    ]
    try await ControlHarness.with(state) { harness async throws in
      for arguments in [["logs", "a@1"], ["logs", "a@1", "-f"], ["jobs", "logs", "r1", "--provider", "viam"]] {
        let outcome = try await CommandLineTool.run(["--socket", harness.socket] + arguments)
        #expect(outcome.status == 0)
        #expect(outcome.output == "epoch 1\nepoch 2\n")
      }
      let json = try await CommandLineTool.run(["--socket", harness.socket, "logs", "a@1", "-o", "json"])
      #expect(try json.json()["text"] == "epoch 1\nepoch 2\n")
    }
  }

  @Test func `on a terminal the table is live, and the cursor comes back`() async throws {
    try await ControlHarness.with(Self.state([("a@1", .done)])) { harness async throws in
      let command = "\(CommandLineTool.path) --socket \(harness.socket) watch a@1"
      let outcome = try await CommandLineTool.run(
        ["-qec", command, "/dev/null"], environment: ["TERM": "xterm"], executable: "/usr/bin/script")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("\u{1B}[?25l"))
      #expect(outcome.output.contains("a@1"))
      #expect(outcome.output.hasSuffix("\u{1B}[?25h"))
    }
  }
}
