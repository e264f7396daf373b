import Foundation
import Glibc
import Testing
import TrainCore

@testable import TrainRunner

@Suite struct RunnerStopTests {
  let bench: RunnerBench

  init() throws { bench = try RunnerBench() }

  @Test func `a stop is TERM for the whole group`() async throws {
    try await bench.serving {
      _ = try bench.client.start(
        bench.request(
          "a.1",
          "trap 'echo stopped by TERM; exit 0' TERM; sh -c 'trap \"echo child too; exit\" TERM; echo up; while :; do sleep 0.05; done' & wait; wait"
        ))
      try bench.text(of: bench.jobs + "/a.1/log") { $0.contains("up") }
      #expect(try bench.client.stop("a.1", force: false).stopped)
      let ended = try bench.end(of: "a.1")
      // Its own status says success: it was stopped all the same.
      #expect(ended.phase == .exited && ended.code == 0 && ended.stopped)
      #expect(try bench.log("a.1").contains("stopped by TERM"))
    }
  }

  @Test func `a command that ignores TERM goes on until it is forced`() async throws {
    try await bench.serving {
      _ = try bench.client.start(
        bench.request("a.1", "trap 'echo ignored' TERM; echo up; while :; do sleep 0.05; done"))
      try bench.text(of: bench.jobs + "/a.1/log") { $0.contains("up") }
      for _ in 0..<3 { #expect(try bench.client.stop("a.1", force: false).phase == .stopping) }
      try bench.text(of: bench.jobs + "/a.1/log") { $0.contains("ignored") }
      #expect(try bench.client.status(["a.1"])[0]?.phase == .stopping)
      _ = try bench.client.stop("a.1", force: true)
      let ended = try bench.end(of: "a.1")
      #expect(ended.phase == .exited && ended.signal == 9 && ended.stopped)
      // Again, after the end.
      #expect(try bench.client.stop("a.1", force: true).phase == .exited)
      // However often it was asked for.
      #expect(try bench.log("a.1").components(separatedBy: "ignored").count == 2)
    }
  }

  @Test func `a stopped process hears of its stop`() async throws {
    try await bench.serving {
      _ = try bench.client.start(bench.request("a.1", "kill -STOP $$; echo woke; exit 3"))
      let command = try bench.status("a.1") { $0.phase == .running }
      #expect(command.signal == nil)
      let pid = try bench.record(ShimRecord.self, of: "a.1", ShimRecord.name).command
      try bench.text(of: "/proc/\(pid)/stat") { $0.contains(") T ") }
      _ = try bench.client.stop("a.1", force: false)
      #expect(try bench.end(of: "a.1").signal == 15)
    }
  }

  @Test func `a stop that came before the start keeps the command from starting`() async throws {
    let bystander = try RunnerJobs(bench.jobs, starter: ShimStarter(executable: "/bin/true"))
    _ = try bystander.start(bench.request("a.1", "touch '\(bench.directory)/started'"))
    _ = try bystander.stop("a.1", force: false)
    try await bench.serving {
      let ended = try bench.end(of: "a.1")
      #expect(ended.phase == .failedToStart && ended.stopped)
      #expect(!FileManager.default.fileExists(atPath: bench.directory + "/started"))
    }
  }

  @Test func `a stop that no runner passed on is passed on by the next`() async throws {
    try await bench.blocking {
      let first = try bench.serve()
      _ = try bench.client.start(bench.request("a.1", "exec sleep 1000"))
      _ = try bench.status("a.1") { $0.phase == .running }
      first.kill()
      _ = first.wait()
    }
    // A runner that died between its record and its signal.
    let directory = try #require(try Descriptor.openDirectory(bench.jobs + "/a.1"))
    try RecordFile.write(StopRecord(force: false, asked: WallClock.now), to: StopRecord.name, in: directory)
    try await bench.serving {
      let ended = try bench.end(of: "a.1")
      #expect(ended.signal == 15 && ended.stopped)
    }
  }

  @Test func `a stop of what is not known is an error that says so`() async throws {
    try await bench.serving {
      let error = #expect(throws: RunnerError.self) { try bench.client.stop("nobody.1", force: true) }
      #expect(error?.code == .unknownKey)
    }
  }

  @Test func `signals to the shim do not end it`() async throws {
    try await bench.serving {
      _ = mkfifo(bench.directory + "/go", 0o600)
      _ = try bench.client.start(bench.request("a.1", "cat '\(bench.directory)/go'; exit 5"))
      _ = try bench.status("a.1") { $0.phase == .running }
      let shim = try bench.record(ShimRecord.self, of: "a.1", ShimRecord.name)
      for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] { kill(shim.pid, signal) }
      try Data().write(to: URL(fileURLWithPath: bench.directory + "/go"))
      let ended = try bench.end(of: "a.1")
      #expect(ended.code == 5 && !ended.stopped)
    }
  }
}
