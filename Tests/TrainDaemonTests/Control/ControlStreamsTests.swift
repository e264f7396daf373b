import Foundation
import Logging
import ServiceLifecycle
import Testing
import TrainControl
import TrainCore

@testable import TrainDaemon

@Suite struct ControlStreamsTests {
  private static let history = ScriptedDaemon.State(
    jobs: [Samples.job("a@1", .running), Samples.job("b@1", .running)],
    events: [
      Samples.event(1, job: "a@1", from: .queued, to: .submitting),
      Samples.event(2, job: "b@1", from: .queued, to: .submitting),
      Samples.event(3, job: "a@1", from: .submitting, to: .submitted),
    ])

  private static func sequences(_ client: ControlClient, _ query: [(String, String?)]) throws -> [Int64] {
    let lines = LineReader(try client.open("GET", "/v1/events", query))
    var numbers: [Int64] = []
    while case .line(let line) = try lines.next(within: .seconds(20)) {
      if !line.isEmpty { numbers.append(try EventView(try JSON.parse(line, what: "an event")).sequence) }
    }
    return numbers
  }

  @Test(
    arguments: [
      ([], [1, 2, 3]), ([("after", "2")], [3]), ([("job", "a@1")], [1, 3]), ([("limit", "2")], [1, 2]),
    ] as [([(String, String?)], [Int64])])
  func `events are told once, in order`(query: [(String, String?)], numbers: [Int64]) async throws {
    var limits = ControlLimits()
    limits.page = 1
    try await ControlHarness.with(Self.history, limits: limits) { harness async throws in
      let client = harness.client
      let told = try await ControlHarness.blocking { try Self.sequences(client, query) }
      #expect(told == numbers)
    }
  }

  @Test func `events of a job that is not there are an error`() async throws {
    try await ControlHarness.with { harness async throws in
      let error = await #expect(throws: ControlError.self) {
        _ = try await harness.get("/v1/events", [("job", "nope@1"), ("follow", "1")])
      }
      #expect(error?.kind == .notFound)
    }
  }

  @Test func `who follows is told of what comes, and of nothing now and then`() async throws {
    var limits = ControlLimits()
    limits.heartbeat = .milliseconds(50)
    try await ControlHarness.with(Self.history, limits: limits) { harness async throws in
      let client = harness.client
      let daemon = harness.daemon
      try await ControlHarness.blocking {
        let lines = LineReader(try client.open("GET", "/v1/events", [("after", "3"), ("follow", "1")]))
        #expect(try lines.next(within: .seconds(20)) == .line([]))
        daemon.transition("a@1", to: .done)
        var line = try lines.next(within: .seconds(20))
        while line == .line([]) { line = try lines.next(within: .seconds(20)) }
        guard case .line(let text) = line else { throw ControlHarness.Late() }
        let event = try EventView(try JSON.parse(text, what: "an event"))
        #expect(event.to == "done")
      }
      // Nobody is left behind in the daemon.
      try await ControlHarness.eventually { daemon.followers == 0 }
    }
  }

  @Test func `a follower that does not read is dropped, and the daemon holds nothing for it`() async throws {
    var limits = ControlLimits()
    limits.write = .milliseconds(200)
    var state = Self.history
    state.events = (1...20_000).map { Samples.event($0, job: "a@1", from: .queued, to: .submitting) }
    try await ControlHarness.with(state, limits: limits) { harness async throws in
      let path = harness.socket
      let daemon = harness.daemon
      try await ControlHarness.blocking {
        let peer = try RawPeer(path)
        peer.send("GET /v1/events?follow=1 HTTP/1.1\r\nhost: x\r\n\r\n")
        let end = ContinuousClock.now + .seconds(20)
        while daemon.followers == 0, ContinuousClock.now < end { usleep(1000) }
        while daemon.followers == 1, ContinuousClock.now < end { usleep(1000) }
        #expect(daemon.followers == 0)
        #expect(daemon.calls.count < 41, "all events were read although nobody took them")
      }
    }
  }

  @Test func `a graceful shutdown ends streams properly and lets a request finish`() async throws {
    let directory = "/tmp/traind-stop-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let harness = ControlHarness(
      daemon: ScriptedDaemon(Self.history), directory: directory, socket: "\(directory)/control.sock")
    let (ready, isReady) = AsyncStream<Void>.makeStream()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = ControlServer(
      operations: harness.daemon, listening: .path(harness.socket), access: ControlHarness.access, logger: logger
    ) { isReady.finish() }
    let group = ServiceGroup(services: [server], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      for await _ in ready {}
      let client = harness.client
      let daemon = harness.daemon
      tasks.addTask {
        // Returns only when the stream has an end: a broken one throws.
        let numbers = try await ControlHarness.blocking { try Self.sequences(client, [("follow", "1")]) }
        #expect(numbers == [1, 2, 3])
      }
      try await ControlHarness.eventually { daemon.followers == 1 }
      let begun = ContinuousClock.now
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      #expect(begun.duration(to: .now) < ControlLimits().grace)
    }
    #expect(!FileManager.default.fileExists(atPath: harness.socket))
  }

  @Test func `a backup comes whole`() async throws {
    let chunks = (0..<20).map { [UInt8](repeating: UInt8($0), count: 100_000) }
    try await ControlHarness.with(.init(backup: chunks)) { harness async throws in
      let client = harness.client
      let bytes = try await ControlHarness.blocking {
        try client.open("POST", "/v1/backup", body: []).body(cap: 10 << 20)
      }
      #expect(bytes == chunks.flatMap(\.self))
      try await ControlHarness.eventually { harness.daemon.backupsClosed == 1 }
    }
  }

  @Test func `a backup that breaks has no end`() async throws {
    let fault = ControlError(.failed, "back up", "the disk is gone")
    try await ControlHarness.with(.init(backup: [[1, 2, 3]], backupFault: fault)) { harness async throws in
      let client = harness.client
      let error = await #expect(throws: ControlError.self) {
        _ = try await ControlHarness.blocking { try client.open("POST", "/v1/backup", body: []).body(cap: 1000) }
      }
      #expect(error?.kind == .unreachable)
      try await ControlHarness.eventually { harness.daemon.backupsClosed == 1 }
    }
  }
}
