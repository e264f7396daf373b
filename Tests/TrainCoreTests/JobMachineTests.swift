import Testing
import TrainCore

@Suite struct JobMachineTests {
  let now = Timestamp(milliseconds: 1_000_000)
  let handle = ProviderHandle(reference: "r1")

  func machine(
    registries: [String] = [], attempts: Int = 3, limits: JobSpec.Limits = .init()
  ) -> JobMachine {
    JobMachine(
      rules: JobRules(
        id: JobID("s@1"), retry: RetryPolicy(attempts: attempts), limits: limits, registries: registries),
      at: now)
  }

  func running(_ start: JobMachine) -> JobMachine {
    var machine = start
    for event: JobEvent in [
      .admitted, .submitAsked(attempt: 1), .submitted(attempt: 1, handle), .observed(attempt: 1, .init(.running)),
    ] {
      _ = machine.handle(event, at: now)
    }
    return machine
  }

  @Test func `a cancel before the provider was asked proves that it never was`() {
    var machine = machine()
    _ = machine.handle(.admitted, at: now)
    _ = machine.handle(.cancelRequested(nil), at: now)
    #expect(machine.state.word == .cancelled)
    let before = machine
    #expect(machine.handle(.submitAsked(attempt: 1), at: now).isEmpty)
    #expect(machine == before)
  }

  @Test func `a cancel while the answer is out waits for the handle and then stops the run`() {
    var machine = machine()
    _ = machine.handle(.admitted, at: now)
    _ = machine.handle(.submitAsked(attempt: 1), at: now)
    _ = machine.handle(.cancelRequested(nil), at: now)
    #expect(machine.state.word == .submitting)
    let steps = machine.handle(.submitted(attempt: 1, handle), at: now)
    #expect(steps.map(\.to) == [.submitted, .cancelling])
    #expect(machine.owed.contains { if case .cancel(_, force: false) = $0 { true } else { false } })
  }

  @Test func `a failed call changes no state and uses no attempt`() {
    var machine = machine()
    _ = machine.handle(.admitted, at: now)
    let state = machine.state
    #expect(machine.handle(.callFailed(.submit, attempt: 1, .transient(.unavailable, "503")), at: now).isEmpty)
    #expect(machine.state == state)
    guard case .wake(.call(let due))? = machine.owed.first else {
      Issue.record("it should wait: \(machine.owed)")
      return
    }
    _ = machine.handle(.deadline(.call(due)), at: now)
    #expect(machine.owed == [.submit(attempt: 1)])
  }

  @Test func `a training that failed is tried again under another key until attempts are used up`() {
    var machine = running(machine(attempts: 2))
    _ = machine.handle(.observed(attempt: 1, .init(.failed(message: "exit 1"))), at: now)
    guard case .backingOff(let backingOff) = machine.state else {
      Issue.record("\(machine.state)")
      return
    }
    _ = machine.handle(.deadline(.backoff(backingOff.until)), at: now)
    _ = machine.handle(.admitted, at: now)
    #expect(machine.attempt == 2)
    #expect(Submission.remoteVersion("1.4.0", attempt: machine.attempt) == "1.4.0-r2")
    _ = machine.handle(.submitAsked(attempt: 2), at: now)
    _ = machine.handle(.submitted(attempt: 2, handle), at: now)
    // A late word about attempt 1 is not about attempt 2.
    let before = machine
    _ = machine.handle(.observed(attempt: 1, .init(.failed(message: "again"))), at: now)
    #expect(machine == before)
    _ = machine.handle(.observed(attempt: 2, .init(.failed(message: "exit 1"))), at: now)
    #expect(machine.state == .failed(.attemptsExhausted, message: "exit 1"))
  }

  @Test func `a run seen finished passes through running when the provider says that it ran`() {
    var machine = machine()
    for event: JobEvent in [.admitted, .submitAsked(attempt: 1), .submitted(attempt: 1, handle)] {
      _ = machine.handle(event, at: now)
    }
    let steps = machine.handle(.observed(attempt: 1, .init(.succeeded, hasRun: true)), at: now)
    #expect(steps.map(\.to) == [.running, .publishing])
  }

  @Test func `a lost run never starts another attempt`() {
    var machine = running(machine())
    _ = machine.handle(.observed(attempt: 1, .init(.lost(message: "unknown there"))), at: now)
    #expect(machine.state == .failed(.lost, message: "unknown there"))
  }

  @Test func `a run that outlives its limit is stopped, then forced, then failed`() {
    var machine = running(machine(limits: .init(run: .seconds(60), stop: .seconds(5))))
    _ = machine.handle(.deadline(.runLimit(now + .seconds(60))), at: now)
    #expect(machine.state.word == .cancelling)
    _ = machine.handle(.cancelDelivered(attempt: 1), at: now)
    _ = machine.handle(.deadline(.stopLimit(now + .seconds(5))), at: now)
    #expect(machine.owed.contains { if case .cancel(_, force: true) = $0 { true } else { false } })
    _ = machine.handle(.cancelDelivered(attempt: 1), at: now)
    _ = machine.handle(.observed(attempt: 1, .init(.cancelled)), at: now)
    #expect(machine.state.reason == .runTimeout)
  }

  @Test func `retrying a job that trained publishes again and never trains again`() {
    var machine = running(machine(registries: ["a"]))
    _ = machine.handle(.observed(attempt: 1, .init(.succeeded)), at: now)
    _ = machine.handle(.fetched(attempt: 1, JobMachineWalkTests.artifact), at: now)
    _ = machine.handle(.publication(registry: "a", .refused(.permanent(.rejected, "no"))), at: now)
    #expect(machine.state.reason == .publishRefused)
    _ = machine.handle(.retryRequested(nil), at: now)
    #expect(machine.state.word == .publishing)
    #expect(machine.owed.contains(.publish(registry: "a", attempt: 2)))
  }

  @Test func `a foreign job under our key holds the job until an operator adopts it`() {
    var machine = machine()
    _ = machine.handle(.admitted, at: now)
    _ = machine.handle(.foreignFound(attempt: 1, handle, why: "older than our intent"), at: now)
    #expect(machine.hold?.reason == .alreadyExists)
    #expect(machine.owed.isEmpty)
    _ = machine.handle(.releaseRequested(nil, adopt: true), at: now)
    _ = machine.handle(.admitted, at: now)
    _ = machine.handle(.foreignFound(attempt: 1, handle, why: "older than our intent"), at: now)
    #expect(machine.state.word == .submitted)
  }
}
