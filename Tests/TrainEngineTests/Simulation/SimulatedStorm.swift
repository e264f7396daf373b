import Synchronization
import TrainCore
import TrainTestKit

/// What goes wrong in one simulated world, and when: all of it drawn from the seed.
final class SimulatedStorm: Sendable {
  /// How one call to a far side fares.
  enum Weather: Sendable {
    /// It takes so long, and is answered.
    case clear(Duration)
    /// It never arrives; the caller hears this.
    case lost(Duration, Fault)
    /// It takes effect after `effect`; the caller hears `fault` after `answer`.
    case answerLost(effect: Duration, answer: Duration, Fault)
  }

  private struct State {
    var random: SeededGenerator
    var isOver = false
    var diskFullUntil = Duration.zero
    var lines: [String] = []
  }

  let time: SimulatedTime
  /// Calls that go wrong, in a hundred.
  let roughness: Int
  private let isTraced: Bool
  private let state: Mutex<State>

  init(seed: UInt64, time: SimulatedTime, isTraced: Bool) {
    var random = SeededGenerator(seed: seed ^ 0x5eed)
    roughness = [2, 10, 25, 45][Int.random(in: 0..<4, using: &random)]
    self.time = time
    self.isTraced = isTraced
    state = Mutex(State(random: random))
  }

  var isOver: Bool { state.withLock { $0.isOver } }
  var lines: [String] { state.withLock { $0.lines } }
  func end() { state.withLock { $0.isOver = true } }

  func pick(_ range: Range<Int>) -> Int { state.withLock { Int.random(in: range, using: &$0.random) } }
  func chance(_ percent: Int) -> Bool { pick(0..<100) < percent }
  func duration(_ milliseconds: Range<Int>) -> Duration { .milliseconds(pick(milliseconds)) }

  func tell(_ line: @autoclosure () -> String) {
    guard isTraced else { return }
    let line = "\(time.monotonic.wholeMilliseconds) ms  \(line())"
    state.withLock { $0.lines.append(line) }
  }

  /// - Parameter creates: the call leaves something behind that must not be made twice.
  func weather(creates: Bool) -> Weather {
    guard !isOver, chance(roughness) else { return .clear(isOver ? .zero : duration(0..<400)) }
    let fault: Fault =
      switch pick(0..<6) {
      case 0: .transient(.timeout, "storm: no answer")
      case 1: .transient(.badAnswer, "storm: an answer that makes no sense")
      case 2: .transient(.throttled, "storm: slow down", after: duration(100..<20_000), effect: .none)
      case 3: .transient(.unauthorized, "storm: who are you", effect: .none)
      default: .transient(.unavailable, "storm: reset")
      }
    // A long wait for an answer that never comes eats a caller's patience, not the far side's.
    let answer = fault.code == .timeout ? duration(10_000..<40_000) : duration(0..<3000)
    if creates, fault.effect == .unknown, chance(60) {
      return .answerLost(effect: duration(0..<Int(answer.wholeMilliseconds) + 8000), answer: answer, fault)
    }
    return .lost(answer, fault)
  }

  /// What a commit fails with; now and then a whole stretch of them.
  func storeFault() -> Fault? {
    guard !isOver else { return nil }
    let now = time.monotonic
    let isFull = state.withLock { $0.diskFullUntil > now }
    if !isFull {
      guard chance(2) else { return nil }
      if chance(50) { return .transient(.io, "storm: the disk hiccuped", effect: .none) }
      let until = now + duration(1000..<120_000)
      state.withLock { $0.diskFullUntil = until }
    }
    return .transient(.diskFull, "storm: the disk is full", effect: .none)
  }
}
