import Glibc
import Testing
import TrainControl
import TrainCore
import TrainTestKit

@Suite struct RealDaemonTests {
  private let job = JobID("a@1")

  @Test func `the real daemon trains a job, survives a kill, and stops when asked`() async throws {
    try await RealDaemon.with(config: "poll: {fastest: 100ms, slowest: 500ms}") { daemon in
      try daemon.write(
        spec: "a",
        """
        provider: here
        model: {name: a, version: "1"}
        train: {command: [/bin/sh, -c, 'echo ran >>\(daemon.root)/ran; echo model >$TRAIND_OUTPUT/model.bin']}
        publish: [{registry: shelf}]
        """)
      try await daemon.start()
      try await daemon.wait(for: job, toBe: .done)
      #expect(try await daemon.kill() == .signal(SIGKILL))
      try await daemon.start()
      #expect(try await daemon.job(job).state == .done)
      #expect(try await daemon.jobs().count == 1)
      #expect(try await daemon.events(of: job).last?.to == "done")
      #expect(RealDaemon.text(of: "\(daemon.root)/ran") == "ran\n")
      #expect(try await daemon.stop() == .status(0))
    }
  }

  @Test func `a daemon that can not start says why`() async throws {
    try await RealDaemon.with(config: "nonsense: 1") { daemon in
      let died = await #expect(throws: RealDaemon.Died.self) { try await daemon.start() }
      #expect(died?.exit == .status(78))
      #expect(died?.log.contains("nonsense") == true)
    }
  }
}
