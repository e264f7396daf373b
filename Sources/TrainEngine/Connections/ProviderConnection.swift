public import TrainCore

/// One configured provider with what all its jobs share: the gate, the look-ups asked together, the settle time.
public final class ProviderConnection: Sendable {
  public let name: String
  public let provider: any Provider
  /// Runs at once; `nil` = no limit of ours.
  public let maxRunning: Int?
  /// How long absence must last before a lost create is repeated.
  public let settle: Duration
  let gate: CallGate
  let lookups: LookupBatcher
  /// Artifacts being fetched at once.
  let fetches = AsyncSemaphore(places: 4)

  /// - Parameter report: told when it does not answer, call after call, and when it answers again (`nil`).
  public init(
    name: String, provider: any Provider, maxRunning: Int?, settle: Duration, retry: RetryPolicy,
    time: any TimeSource, boundary: Boundary = .init(), report: @escaping @Sendable (Fault?) -> Void = { _ in }
  ) {
    self.name = name
    self.provider = provider
    self.maxRunning = maxRunning
    self.settle = settle
    gate = CallGate(name: name, policy: retry, time: time, boundary: boundary, report: report)
    lookups = LookupBatcher(provider: provider, gate: gate)
  }

  public func call<Value: Sendable>(
    _ point: CrashPoint, _ work: @Sendable (any Provider) async throws(Fault) -> Value
  ) async throws(Fault) -> Value {
    let provider = provider
    return try await gate.call(point) { () async throws(Fault) -> Value in try await work(provider) }
  }
}

/// One configured registry with its gate.
public final class RegistryConnection: Sendable {
  public let name: String
  public let registry: any Registry
  public let settle: Duration
  let gate: CallGate
  let sessions: AsyncSemaphore

  /// - Parameter report: told when it does not answer, call after call, and when it answers again (`nil`).
  public init(
    name: String, registry: any Registry, settle: Duration, concurrent: Int, retry: RetryPolicy,
    time: any TimeSource, boundary: Boundary = .init(), report: @escaping @Sendable (Fault?) -> Void = { _ in }
  ) {
    self.name = name
    self.registry = registry
    self.settle = settle
    gate = CallGate(
      name: name, policy: retry, time: time, boundary: boundary,
      limit: max(8, concurrent * registry.traits.parallelParts), report: report)
    sessions = AsyncSemaphore(places: concurrent)
  }

  func call<Value: Sendable>(
    _ point: CrashPoint, _ work: @Sendable (any Registry) async throws(Fault) -> Value
  ) async throws(Fault) -> Value {
    let registry = registry
    return try await gate.call(point) { () async throws(Fault) -> Value in try await work(registry) }
  }
}
