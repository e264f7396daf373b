import DequeModule
import TrainCore

/// Every call to one connection goes through here: a bounded number at once, none while its breaker is open.
actor CallGate {
  let name: String
  private var breaker: Breaker
  private let time: any TimeSource
  private let boundary: Boundary
  private let limit: Int
  private var inFlight = 0
  private var waiting = Deque<CheckedContinuation<Void, Never>>()
  /// Since when the connection has not answered, and why; `nil` = it answers.
  private(set) var outage: Outage?
  /// Told of the fault once several calls in a row have failed, and of its end (`nil`).
  private let report: @Sendable (Fault?) -> Void
  private var isReported = false

  struct Outage: Sendable {
    var since: Timestamp
    var fault: Fault
  }

  init(
    name: String, policy: RetryPolicy, time: any TimeSource, boundary: Boundary, limit: Int = 8,
    report: @escaping @Sendable (Fault?) -> Void = { _ in }
  ) {
    self.name = name
    self.breaker = Breaker(name: name, policy: policy)
    self.time = time
    self.boundary = boundary
    self.limit = limit
    self.report = report
  }

  func call<Value: Sendable>(
    _ point: CrashPoint, _ work: @Sendable () async throws(Fault) -> Value
  ) async throws(Fault) -> Value {
    await enter()
    defer { leave() }
    if Task.isCancelled {
      throw Fault.transient(.interrupted, "calling \(name) was interrupted", effect: .none)
    }
    if let wait = breaker.admit(at: time.monotonic) {
      let why = outage.map { ": \($0.fault.message)" } ?? ""
      throw Fault.transient(
        .unavailable, "\(name) is not called while it fails\(why)", after: wait, effect: .none)
    }
    do throws(Fault) {
      let answer = try await boundary.cross(point, work)
      answered()
      return answer
    } catch {
      note(error)
      throw error
    }
  }

  private func answered() {
    breaker.succeeded()
    outage = nil
    guard isReported else { return }
    isReported = false
    report(nil)
  }

  /// Only a far side that can't answer counts against it; one that says no is well.
  private func note(_ fault: Fault) {
    switch fault.disposition {
    case .permanent: answered()
    case .transient(let after):
      switch fault.code {
      case .unavailable, .timeout, .throttled, .badAnswer:
        breaker.failed(at: time.monotonic, retryAfter: after)
        if outage == nil { outage = Outage(since: time.now, fault: fault) } else { outage?.fault = fault }
        if !isReported, breaker.isOpen {
          isReported = true
          report(fault)
        }
      case .interrupted: breaker.abandoned(at: time.monotonic)
      default: answered()
      }
    }
  }

  private func enter() async {
    if inFlight < limit {
      inFlight += 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func leave() {
    // The place is handed over, not freed, so that nobody can slip in between.
    if let next = waiting.popFirst() { next.resume() } else { inFlight -= 1 }
  }
}
