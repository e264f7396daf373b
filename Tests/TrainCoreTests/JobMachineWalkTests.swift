import Foundation
import Testing
import TrainCore

/// Every state that can be reached, from every event, in any order.
@Suite struct JobMachineWalkTests {
  static let now = Timestamp(milliseconds: 1_000_000)
  static let transient = Fault.transient(.unavailable, "503")
  static let permanent = Fault.permanent(.rejected, "no")
  static let session = UploadSession(state: "s")
  static let artifact = Artifact(
    files: [.init(path: "m", bytes: 2, digests: .init(sha256: "aa", md5: "bb", crc32c: 1, crc32: 2))],
    sha256OfManifest: { _ in "" })

  static func rules(registries: [String], attempts: Int = 2) -> JobRules {
    JobRules(
      id: JobID("s@1"), retry: RetryPolicy(attempts: attempts),
      limits: .init(queue: .seconds(10), run: .seconds(20), stop: .seconds(30)), registries: registries)
  }

  static func events(for machine: JobMachine) -> [JobEvent] {
    let attempt = machine.attempt
    let handle = ProviderHandle(reference: "r\(attempt)")
    var events: [JobEvent] = [
      .admitted, .submitAsked(attempt: attempt), .submitted(attempt: attempt, handle), .submitAbsent(attempt: attempt),
      .submitRefused(attempt: attempt, permanent), .foreignFound(attempt: attempt, handle, why: "w"),
      .cancelDelivered(attempt: attempt), .fetched(attempt: attempt, artifact),
      .fetchRefused(attempt: attempt, permanent), .logsCopied(attempt: attempt), .spoolCleared,
      .callFailed(.submit, attempt: attempt, transient), .callFailed(.cancel, attempt: attempt, transient),
      .callFailed(.fetch, attempt: attempt, transient), .callFailed(.logs, attempt: attempt, transient),
      .cancelRequested(nil), .holdRequested(nil), .releaseRequested(nil, adopt: false),
      .releaseRequested(nil, adopt: true), .retryRequested(nil), .publishRequested(nil, registry: nil),
    ]
    let phases: [Observation.Phase] = [
      .pending, .running, .stopping, .succeeded, .failed(message: "exit 1"), .cancelled, .lost(message: "gone"),
    ]
    events += phases.map { .observed(attempt: attempt, Observation($0)) }
    for registry in machine.rules.registries {
      let changes: [PublicationMachine.Event] = [
        .opened(session, total: 2), .advanced(session, sent: 1, receipt: nil), .sealed(session), .commitAsked,
        .committed(.init(id: "v"), bytes: 2), .expired(transient), .callFailed(transient), .refused(permanent),
        .commitAbsent, .givenUp(message: "x"),
      ]
      events += changes.map { .publication(registry: registry, $0) }
      events.append(.giveUpRequested(nil, registry: registry))
    }
    for leftover in machine.leftoversOwed {
      events += [
        .abandoned(leftover: leftover.number), .abandonFailed(leftover: leftover.number, transient, holdings: ["u"]),
        .abandonFailed(leftover: leftover.number, permanent, holdings: []),
      ]
    }
    events += machine.owed.compactMap { if case .wake(let wake) = $0 { .deadline(wake) } else { nil } }
    return events
  }

  /// Keeps the walk finite: counters grow without end, and one step more of them shows nothing new.
  static func isNew(_ machine: JobMachine) -> Bool {
    machine.attempt <= 3 && (machine.call?.tries ?? 0) <= 1 && machine.logsOwed.count <= 1
      && (machine.logsOwed.first?.call?.tries ?? 0) <= 1
      && machine.publications.allSatisfy { $0.attempt <= 2 && ($0.call?.tries ?? 0) <= 1 }
  }

  static func check(_ before: JobMachine, _ event: JobEvent, _ after: JobMachine, _ steps: [Transition]) throws {
    // Built only for a failure: there are hundreds of thousands of steps.
    var context: Comment { "\(before.state) on \(event) -> \(after.state)" }
    func expect(_ holds: Bool, _ what: String) {
      if !holds { Issue.record("\(what): \(context)") }
    }
    if before.state.isTerminal, after.state != before.state {
      switch event {
      case .retryRequested, .publishRequested: break
      default: Issue.record("a terminal state changed by itself: \(context)")
      }
    }
    if case .submitting(let submitting) = before.state, submitting.asked != nil, after.state != before.state {
      switch event {
      case .submitted, .submitAbsent, .submitRefused, .foreignFound, .cancelRequested: break
      default: Issue.record("a submission in doubt was forgotten: \(context)")
      }
      if case .cancelRequested = event { expect(after.state.word == .submitting, "an orphan") }
    }
    if case .submitAsked = event, after != before {
      guard case .submitting(let submitting) = before.state else {
        Issue.record("asked from elsewhere: \(context)")
        return
      }
      expect(submitting.asked == nil && !submitting.cancelRequested, "asked twice")
    }
    for publication in before.publications {
      let next = after.publication(for: publication.registry)
      if let session = publication.state.session, next?.state.session == nil, next?.state.version == nil {
        expect(
          after.leftoversOwed.contains { $0.registry == publication.registry && $0.session == session },
          "an upload was forgotten")
      }
      if case .committed = publication.state {
        expect(after.publication(for: publication.registry) == publication, "a committed version changed")
      }
      if publication.state.commitInDoubt, after.publication(for: publication.registry)?.state != publication.state {
        guard case .publication(_, let change) = event else {
          if case .giveUpRequested = event { continue }
          Issue.record("a commit in doubt was forgotten: \(context)")
          continue
        }
        switch change {
        case .committed, .commitAbsent, .refused, .givenUp: break
        default: Issue.record("a commit in doubt was forgotten: \(context)")
        }
      }
    }
    if after.state.isTerminal {
      expect(
        after.owed.allSatisfy { effect in
          switch effect {
          case .copyLogs, .wake(.logs), .abandon, .wake(.leftover): true
          default: false
          }
        }, "an ended job works")
    } else {
      expect(!after.owed.isEmpty || after.hold != nil, "it will never move again")
    }
    for leftover in before.leftoversOwed where !after.leftoversOwed.contains(where: { $0.number == leftover.number }) {
      switch event {
      case .abandoned, .abandonFailed: break
      default: Issue.record("a leftover was forgotten: \(context)")
      }
    }
    expect(Set(after.owed).count == after.owed.count, "owed twice")
    // A chain of words without a gap, ending where the machine is.
    var word = before.state.word
    for step in steps {
      expect(step.from == word, "steps")
      word = step.to
    }
    expect(word == after.state.word, "steps")
  }

  @Test(arguments: [[], ["a"]]) func `whatever happens, in any order, the invariants hold`(registries: [String]) throws
  {
    var seen: Set<JobMachine> = []
    var frontier = [JobMachine(rules: Self.rules(registries: registries), at: Self.now)]
    var words: Set<JobState.Word> = []
    while let machine = frontier.popLast() {
      guard Self.isNew(machine), seen.insert(machine).inserted else { continue }
      words.insert(machine.state.word)
      for event in Self.events(for: machine) {
        var next = machine
        let steps = next.handle(event, at: Self.now)
        try Self.check(machine, event, next, steps)
        // What is to be freed stands beside everything else: the long lives below take it along.
        for leftover in next.leftoversOwed { _ = next.handle(.abandoned(leftover: leftover.number), at: Self.now) }
        frontier.append(next)
      }
    }
    #expect(words == Set(JobState.Word.allCases))
    #expect(seen.count > 100)
  }

  @Test func `a stored machine is the same machine`() throws {
    var seen: Set<JobMachine> = []
    var frontier = [JobMachine(rules: Self.rules(registries: ["a"]), at: Self.now)]
    while let machine = frontier.popLast(), seen.count < 2000 {
      guard Self.isNew(machine), seen.insert(machine).inserted else { continue }
      let again = try JSONDecoder().decode(JobMachine.self, from: JSONEncoder().encode(machine))
      #expect(again == machine)
      for event in Self.events(for: machine) {
        var next = machine
        _ = next.handle(event, at: Self.now)
        frontier.append(next)
      }
    }
  }

  @Test func `what was committed after all is not said to be free of commits`() {
    var publication = PublicationMachine(registry: "a")
    func take(_ event: PublicationMachine.Event) -> [PublicationMachine.Dropped] {
      publication.handle(event, at: Self.now, retry: RetryPolicy(), of: JobID("s@1"))
    }
    for event in [.opened(Self.session, total: 2), .sealed(Self.session), .commitAsked, .commitAbsent]
      as [PublicationMachine.Event]
    {
      #expect(take(event).isEmpty)
    }
    let dropped = take(.stopRequested)
    #expect(dropped.map(\.session) == [Self.session])
    #expect(dropped.map(\.commitAsked) == [true])
    _ = take(.reopened)
    _ = take(.opened(Self.session, total: 2))
    #expect(take(.givenUp(message: "x")).map(\.commitAsked) == [false], "another upload, another story")
  }

  @Test(arguments: 1...200) func `long random lives with two registries keep the invariants`(seed: Int) throws {
    var machine = JobMachine(rules: Self.rules(registries: ["a", "b"], attempts: 3), at: Self.now)
    for step in 0..<120 {
      let events = Self.events(for: machine)
      let event = events[Int(Jitter.value("walk", seed, step) % UInt64(events.count))]
      let before = machine
      let steps = machine.handle(event, at: Self.now)
      try Self.check(before, event, machine, steps)
    }
  }
}
