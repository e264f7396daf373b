import Synchronization
import TrainCore
import TrainTestKit

/// What goes wrong in one simulated world, and when: all of it drawn from the seed.
final class SimulatedStorm: Sendable {
  /// How one call to a far side fares.
  enum Weather: Sendable {
    /// It takes so long there and back, and is answered.
    case clear(there: Duration, back: Duration)
    /// It arrives twice, the second time after `again`; the caller hears one of the answers.
    case twice(there: Duration, again: Duration, hearsSecond: Bool)
    /// It never arrives; the caller hears this.
    case lost(Duration, Fault)
    /// It takes effect after `effect`; the caller hears `fault` after `answer`.
    case answerLost(effect: Duration, answer: Duration, Fault)
  }

  private struct State {
    var random: SeededGenerator
    var isOver = false
    var diskFullUntil = Duration.zero
    var ignorantUntil = Duration.zero
    var outages: [String: SimulatedOutage] = [:]
    var excesses: [String] = []
    var troubles: [Trouble: Int] = [:]
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
  var troubles: [Trouble: Int] { state.withLock { $0.troubles } }
  /// What far sides that were away had to bear too much of.
  var excesses: [String] { state.withLock { $0.excesses } }

  func end() {
    let now = time.monotonic
    state.withLock { state in
      state.isOver = true
      for name in state.outages.keys.sorted() { Self.close(name, at: now, &state) }
    }
  }

  func pick(_ range: Range<Int>) -> Int { state.withLock { Int.random(in: range, using: &$0.random) } }
  func chance(_ percent: Int) -> Bool { pick(0..<100) < percent }
  func duration(_ milliseconds: Range<Int>) -> Duration { .milliseconds(pick(milliseconds)) }

  /// Once in `times`, and never when the storm is over.
  func strikes(_ trouble: Trouble, oneIn times: Int) -> Bool {
    guard !isOver, pick(0..<times) == 0 else { return false }
    note(trouble)
    return true
  }

  func note(_ trouble: Trouble) { state.withLock { $0.troubles[trouble, default: 0] += 1 } }

  func tell(_ line: @autoclosure () -> String) {
    guard isTraced else { return }
    let line = "\(time.monotonic.wholeMilliseconds) ms  \(line())"
    state.withLock { $0.lines.append(line) }
  }

  // MARK: The network

  /// - Parameters:
  ///   - creates: the call leaves something behind.
  ///   - repeats: a second copy of it may arrive: the far side knows it by a key, or it does no harm.
  func weather(creates: Bool, repeats: Bool) -> Weather {
    if isOver { return .clear(there: .zero, back: .zero) }
    guard chance(roughness) else {
      if repeats, strikes(.twice, oneIn: 30) {
        return .twice(
          there: duration(0..<200), again: duration(0..<(chance(30) ? 60_000 : 2000)), hearsSecond: chance(40))
      }
      let isLate = strikes(.late, oneIn: 25)
      return .clear(there: duration(0..<(isLate ? 12_000 : 200)), back: duration(0..<(isLate ? 12_000 : 200)))
    }
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
      note(.answerLost)
      return .answerLost(effect: duration(0..<Int(answer.wholeMilliseconds) + 8000), answer: answer, fault)
    }
    note(.lost)
    return .lost(answer, fault)
  }

  /// Whether a far side is away as it is called; now and then it goes away just then.
  func isAway(_ name: String) -> Bool {
    if isOver { return false }
    let now = time.monotonic
    let isAway = state.withLock { state in
      if let outage = state.outages[name], outage.until <= now { Self.close(name, at: outage.until, &state) }
      state.outages[name]?.calls += 1
      return state.outages[name] != nil
    }
    if isAway { return true }
    guard strikes(.away, oneIn: 150) else { return false }
    let longest = [120_000, 1_800_000, 14_400_000][[0, 0, 1, 1, 2][pick(0..<5)]]
    let outage = SimulatedOutage(since: now, until: now + duration(10_000..<longest))
    state.withLock { $0.outages[name] = outage }
    tell("\(name) is away for \(outage.until - now)")
    return true
  }

  /// A process that begins knows nothing of what is away.
  func engineBegins() {
    state.withLock { state in for name in state.outages.keys { state.outages[name]?.engines += 1 } }
  }

  private static func close(_ name: String, at now: Duration, _ state: inout State) {
    guard let outage = state.outages.removeValue(forKey: name) else { return }
    if let excess = outage.excess(at: now) { state.excesses.append("\(name): \(excess)") }
  }

  /// What becomes of some bytes on their way.
  func transferred(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
    if isOver { return bytes }
    if strikes(.cut, oneIn: 60) { throw .transient(.unavailable, "storm: the connection was cut") }
    guard !bytes.isEmpty, strikes(.garbled, oneIn: 120) else { return bytes }
    var bytes = bytes
    bytes[pick(0..<bytes.count)] ^= 0x20
    return bytes
  }

  /// The far side does not know for a while what it knew.
  func isIgnorant() -> Bool {
    let now = time.monotonic
    if !isOver, state.withLock({ $0.ignorantUntil > now }) { return true }
    guard strikes(.notFound, oneIn: 150) else { return false }
    let until = now + duration(500..<(chance(20) ? 900_000 : 60_000))
    state.withLock { $0.ignorantUntil = until }
    tell("the platform knows nothing for \(until - now)")
    return true
  }

  // MARK: The disk

  /// What a commit fails with; now and then a whole stretch of them.
  func storeFault() -> Fault? {
    guard !isOver else { return nil }
    let now = time.monotonic
    let isFull = state.withLock { $0.diskFullUntil > now }
    if !isFull {
      guard chance(2) else { return nil }
      note(.storeFault)
      if chance(50) { return .transient(.io, "storm: the disk hiccuped", effect: .none) }
      let until = now + duration(1000..<120_000)
      state.withLock { $0.diskFullUntil = until }
    }
    return .transient(.diskFull, "storm: the disk is full", effect: .none)
  }
}
