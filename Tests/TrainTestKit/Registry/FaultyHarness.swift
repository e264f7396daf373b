/// A registry's far side that a ``RegistryFaultMenu`` can be tried on: every request to it passes a ``FaultGate``.
public protocol FaultyHarness: RegistryHarness {
  /// What may happen there at any moment without an upload being the worse for it, by name: tokens and signed URLs that
  /// end their life, say.
  var hazards: [String: @Sendable () async throws -> Void] { get }
}

extension FaultyHarness {
  public var hazards: [String: @Sendable () async throws -> Void] { [:] }
}
