import Testing
import TrainCore

/// Every state of a publication that can be reached, with an alias to move, from every event, in any order.
@Suite struct PublicationWalkTests {
  static let now = Timestamp(milliseconds: 1_000_000)
  static let session = UploadSession(state: "s")
  static let version = RemoteVersion(id: "v")

  static func events(for machine: PublicationMachine) -> [PublicationMachine.Event] {
    let fault = Fault.transient(.unavailable, "503")
    return [
      .openAsked, .openDenied, .opened(session, total: 2), .advanced(session, sent: 1, receipt: nil), .sealed(session),
      .commitAsked,
      .committed(version, bytes: 2), .expired(fault), .callFailed(fault), .refused(.permanent(.rejected, "no")),
      .commitAbsent, .stopRequested, .reopened, .givenUp(message: "x"), .promoteRequested(alias: "other"),
      .demoteRequested, .promoteAsked(replaced: RemoteVersion(id: "old")), .promoteAsked(replaced: nil), .promoted,
    ] + (machine.wake.map { [.deadline($0)] } ?? [])
  }

  static func check(
    _ before: PublicationMachine, _ event: PublicationMachine.Event, _ after: PublicationMachine
  ) {
    func expect(_ holds: Bool, _ what: String) {
      if !holds { Issue.record("\(what): \(before.state) on \(event) -> \(after.state)") }
    }
    if before.state.version != nil { expect(after.state.version == version, "a version that is there was forgotten") }
    if case .promoting(_, _, let promotion) = before.state, promotion.asked != nil {
      if case .promoting(_, _, let next) = after.state {
        expect(next == promotion, "what was decided changed")
      } else {
        switch event {
        case .promoted, .refused, .givenUp: break
        default: expect(false, "a move in doubt was forgotten")
        }
        expect(after.promotion?.replaced == promotion.asked?.replaced, "what was replaced is not recorded")
      }
    }
    if after.promotion != before.promotion { expect(before.state.isPromoting, "an outcome without a move") }
    if after.state.isPromoting, !before.state.isPromoting {
      switch event {
      case .committed, .promoteRequested, .demoteRequested: break
      default: expect(false, "a move that nobody asked for")
      }
    }
    expect(after.state.isSettled || after.isActive || after.wake != nil, "it will never move again")
  }

  /// An upload, or the doubt whether one was opened, ends in a version or in something to be freed.
  static func check(
    _ before: PublicationMachine, _ event: PublicationMachine.Event, _ after: PublicationMachine,
    _ dropped: [PublicationMachine.Dropped]
  ) {
    func expect(_ holds: Bool, _ what: String) {
      if !holds { Issue.record("\(what): \(before.state) on \(event) -> \(after.state), dropped \(dropped)") }
    }
    if before.state.session != nil, after.state.session == nil, after.state.version == nil {
      expect(dropped.contains { $0.session == session }, "an upload was forgotten")
    }
    if before.state.commitInDoubt, let upload = dropped.first(where: { $0.session == session }) {
      expect(upload.commitAsked, "a commit that was asked for was forgotten")
    }
    if let openings = before.openings, after.openings == nil {
      switch event {
      case .openDenied: expect(openings == 1, "a doubt was forgotten")
      case .opened:
        expect(dropped.contains { $0.session == nil } == (openings == 2), "what others opened was forgotten")
      default: expect(dropped.contains { $0.session == nil }, "an opening was forgotten")
      }
    }
    if after.state.session != nil {
      expect(!dropped.contains { $0.session == session }, "what is gone on with is freed")
    }
  }

  @Test(arguments: [nil, "production"]) func `whatever happens, in any order, no version and no move is forgotten`(
    alias: String?
  ) {
    var seen: Set<PublicationMachine> = []
    var frontier = [PublicationMachine(registry: "r", alias: alias)]
    while let machine = frontier.popLast() {
      guard machine.attempt <= 2, (machine.call?.tries ?? 0) <= 1, seen.insert(machine).inserted else { continue }
      for event in Self.events(for: machine) {
        var next = machine
        let dropped = next.handle(event, at: Self.now, retry: RetryPolicy(attempts: 2), of: JobID("s@1"))
        Self.check(machine, event, next)
        Self.check(machine, event, next, dropped)
        frontier.append(next)
      }
    }
    #expect(seen.contains { $0.state.isPromoting }, "the walk never moved an alias")
  }
}
