import Synchronization
import TrainCore
import TrainTestKit

/// Calls of one life of a daemon to one far side, through the storm.
struct SimulatedCall: Sendable {
  /// The far side.
  let name: String
  let storm: SimulatedStorm
  let life: SimulatedLife

  /// - Parameters:
  ///   - creates: the call leaves something behind.
  ///   - repeats: a second copy of it may arrive.
  func make<Answer: Sendable>(
    _ what: String, creates: Bool = false, repeats: Bool = true,
    _ work: @escaping @Sendable () async throws(Fault) -> Answer
  ) async throws(Fault) -> Answer {
    try life.cross()
    if storm.isAway(name) { throw await refused(what) }
    switch storm.weather(creates: creates, repeats: repeats) {
    case .clear(let there, let back):
      try await arrive(what, after: there, work)
      return try await answer(what, after: back, work)
    case .twice(let there, let again, let hearsSecond):
      try await arrive(what, after: there, work)
      if hearsSecond {
        _ = try? await work()
        storm.tell("\(what): arrived, and again")
        return try await answer(what, after: min(again, .seconds(5)), work)
      }
      later(what, after: there + again, Caller(), work)
      return try await answer(what, after: there, work)
    case .lost(let delay, let fault):
      _ = await sleep(delay)
      storm.tell("\(what): lost: \(fault.code.rawValue)")
      try life.cross()
      throw fault
    case .answerLost(let effect, let answer, let fault):
      let caller = Caller()
      later(what, after: effect, caller, work)
      if await !sleep(answer) { caller.leave() }
      storm.tell("\(what): the answer was lost: \(fault.code.rawValue)")
      try life.cross()
      throw fault
    }
  }

  /// Who dies with a request on the wire does not know whether it arrived.
  private func arrive<Answer: Sendable>(
    _ what: String, after delay: Duration, _ work: @Sendable () async throws(Fault) -> Answer
  ) async throws(Fault) {
    let isWhole = await sleep(delay)
    guard !isWhole || life.isOver else { return }
    if storm.chance(50) { _ = try? await work() }
    storm.tell("\(what): the caller went away")
    throw .transient(.interrupted, "\(what) was interrupted")
  }

  private func answer<Answer: Sendable>(
    _ what: String, after delay: Duration, _ work: @Sendable () async throws(Fault) -> Answer
  ) async throws(Fault) -> Answer {
    let answer: Answer
    do throws(Fault) { answer = try await work() } catch {
      storm.tell("\(what): \(error)")
      throw error
    }
    _ = await sleep(delay)
    storm.tell("\(what): answered")
    try life.cross()
    return answer
  }

  /// The far side goes on whatever becomes of the caller, and gets to it soon after that has gone.
  private func later<Answer: Sendable>(
    _ what: String, after effect: Duration, _ caller: Caller,
    _ work: @escaping @Sendable () async throws(Fault) -> Answer
  ) {
    let (storm, life) = (storm, life)
    Task {
      var left = effect
      while left > .zero {
        let step = min(left, .seconds(2))
        try? await storm.time.sleep(until: storm.time.monotonic + step)
        left = life.isOver || caller.isGone ? min(left - step, .seconds(8)) : left - step
      }
      _ = try? await work()
      storm.tell("\(what): took effect, nobody was told")
    }
  }

  /// Who made a call: cancelled, it hangs up long before its process ends.
  private final class Caller: Sendable {
    private let gone = Mutex(false)
    var isGone: Bool { gone.withLock { $0 } }
    func leave() { gone.withLock { $0 = true } }
  }

  private func refused(_ what: String) async -> Fault {
    let isSilent = storm.chance(30)
    _ = await sleep(isSilent ? .seconds(30) : storm.duration(0..<50))
    storm.tell("\(what): \(name) is away")
    return isSilent
      ? .transient(.timeout, "storm: no answer")
      : .transient(.unavailable, "storm: connection refused", effect: .none)
  }

  /// `false` = the caller was cancelled.
  private func sleep(_ duration: Duration) async -> Bool {
    guard duration > .zero else { return !Task.isCancelled }
    do {
      try await storm.time.sleep(until: storm.time.monotonic + duration)
      return true
    } catch {
      return false
    }
  }
}
