import TrainCore
import TrainTestKit

/// Calls of one life of a daemon to a far side, through the storm.
struct SimulatedCall: Sendable {
  let storm: SimulatedStorm
  let life: SimulatedLife

  func make<Answer: Sendable>(
    _ name: String, creates: Bool = false, _ work: @escaping @Sendable () async throws(Fault) -> Answer
  ) async throws(Fault) -> Answer {
    try life.cross()
    switch storm.weather(creates: creates) {
    case .clear(let delay):
      let isWhole = await sleep(delay / 2)
      // Who dies with a request on the wire does not know whether it arrived.
      if !isWhole || life.isOver {
        if storm.chance(50) { _ = try? await work() }
        storm.tell("\(name): the caller went away")
        throw .transient(.interrupted, "\(name) was interrupted")
      }
      let answer: Answer
      do throws(Fault) { answer = try await work() } catch {
        storm.tell("\(name): \(error)")
        throw error
      }
      _ = await sleep(delay / 2)
      storm.tell("\(name): answered")
      try life.cross()
      return answer
    case .lost(let delay, let fault):
      _ = await sleep(delay)
      storm.tell("\(name): lost: \(fault.code.rawValue)")
      try life.cross()
      throw fault
    case .answerLost(let effect, let answer, let fault):
      let (storm, life) = (storm, life)
      // The far side goes on whatever becomes of the caller, and gets to it soon after that has gone.
      Task {
        var left = effect
        while left > .zero {
          let step = min(left, .seconds(2))
          try? await storm.time.sleep(until: storm.time.monotonic + step)
          left = life.isOver ? min(left - step, .seconds(8)) : left - step
        }
        _ = try? await work()
        storm.tell("\(name): took effect, nobody was told")
      }
      _ = await sleep(answer)
      storm.tell("\(name): the answer was lost: \(fault.code.rawValue)")
      try life.cross()
      throw fault
    }
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
