import Foundation
import Testing
import TrainControl
import TrainCore
import TrainTestKit

/// What the promise rests on where there is no second answer: an acknowledgement, and a state directory.
@Suite(.serialized) struct LostTests {
  private func start(_ world: RemoteWorld) async throws {
    try await world.daemon.start(environment: RemoteWorld.environment)
  }

  @Test func `a job that was cancelled before its submission is never submitted`() async throws {
    try await RemoteWorld.with { world in
      let daemon = world.daemon
      try daemon.write(
        config: RealDaemon.text(of: "\(daemon.configDirectory)/traind.yaml")
          .replacing("settle: 300ms\nregistries", with: "settle: 300ms\n    max_running: 1\nregistries"))
      try daemon.write(spec: "held-first", world.spec("held-first", isHeld: true))
      try await start(world)
      try await daemon.wait(for: JobID("held-first@1"), toBe: .running)
      // There is no slot for it.
      try daemon.write(spec: "second", world.spec("second", isHeld: false))
      try await daemon.post("/v1/apply", [], "{}")
      #expect(try await daemon.job(JobID("second@1")).state == .queued)
      try await daemon.cancel(JobID("second@1"))
      try await daemon.kill()
      try await start(world)
      try await daemon.cancel(JobID("held-first@1"))
      try await daemon.wait(for: JobID("held-first@1"), toBe: .cancelled)
      let second = try await daemon.job(JobID("second@1"))
      #expect(second.state == .cancelled && second.remoteID == nil)
      #expect(world.viam.submissions(of: "second") == 0)
      #expect(world.viam.submissions(of: "held-first") == 1)
    }
  }

  @Test func `a job that was cancelled while its provider was away is never submitted`() async throws {
    try await RemoteWorld.with { world in
      let daemon = world.daemon
      world.viam.setCut(true)
      try daemon.write(spec: "a", world.spec("a", isHeld: false))
      try await start(world)
      try await daemon.wait(for: JobID("a@1"), toBe: .submitting)
      try await daemon.cancel(JobID("a@1"))
      try await daemon.kill()
      world.viam.setCut(false)
      try await start(world)
      // Whoever comes after it passes: the provider is well, and it is not its turn any more.
      try daemon.write(spec: "b", world.spec("b", isHeld: false))
      try await daemon.post("/v1/apply", [], "{}")
      try await daemon.wait(for: JobID("b@1"), toBe: .done)
      #expect(try await daemon.job(JobID("a@1")).state == .cancelled)
      #expect(world.viam.submissions(of: "a") == 0)
    }
  }

  @Test(arguments: [JobState.Word.running, .done])
  func `a lost state directory submits nothing twice, and publishes nothing twice`(_ word: JobState.Word) async throws {
    try await RemoteWorld.with { world in
      let daemon = world.daemon
      // Long enough to be seen running.
      let name = word == .running ? "slow-39" : "a"
      let job = JobID("\(name)@1")
      try daemon.write(spec: name, world.spec(name, isHeld: false))
      try await start(world)
      try await daemon.wait(for: job, toBe: word)
      try await daemon.kill()
      try FileManager.default.removeItem(atPath: daemon.stateDirectory)
      try await start(world)
      try await daemon.wait(for: job, toBe: .done)
      #expect(world.viam.submissions(of: name) == 1)
      #expect(try await world.versions(of: name) == [world.bytes(of: name)])
    }
  }
}
