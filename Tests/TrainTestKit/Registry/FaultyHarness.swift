/// A registry's far side that a ``RegistryFaultMenu`` can be tried on: every request to it passes a ``FaultGate``.
public protocol FaultyHarness: RegistryHarness {
  /// What may happen there at any moment without an upload being the worse for it, by name: tokens and signed URLs that
  /// end their life, say.
  var hazards: [String: @Sendable () async throws -> Void] { get }

  /// Whether the far side lets a key be taken once only. Where it does not, who comes between our look-up and our
  /// commit stands beside us.
  var keysAreUnique: Bool { get }
}

extension FaultyHarness {
  public var hazards: [String: @Sendable () async throws -> Void] { [:] }
  public var keysAreUnique: Bool { true }
}
