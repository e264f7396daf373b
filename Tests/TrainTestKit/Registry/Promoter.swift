public import TrainCore

/// Moves an alias as the engine does: by comparing and setting, going on after transient faults, without waiting
/// between them.
public struct Promoter: Sendable {
  public let registry: any Registry
  /// Faults that are borne, and moves that are made, before giving up.
  public var idleTimeout = 50

  public init(_ registry: any Registry) { self.registry = registry }

  public struct Outcome: Sendable {
    /// Every fault on the way.
    public var faults: [Fault] = []
    /// Where the alias was when the move was decided.
    public var replaced: RemoteVersion?
    /// Moves that were called.
    public var moves = 0
  }

  /// A permanent fault is thrown; so is one where somebody else moved it after the move was decided.
  public func move(
    _ alias: String, to version: RemoteVersion?, for release: Release
  ) async throws(Fault) -> Outcome {
    var outcome = Outcome()
    var isDecided = false
    while true {
      do throws(Fault) {
        let current = try await registry.target(of: alias, for: release)
        if isDecided || current?.id != version?.id {
          if current?.id == version?.id { return outcome }
          guard !isDecided || current?.id == outcome.replaced?.id else {
            throw .permanent(.alreadyExists, "it points at \(current?.id ?? "nothing") now")
          }
          isDecided = true
          outcome.replaced = current
          outcome.moves += 1
          guard outcome.moves <= idleTimeout else { throw .permanent(.badAnswer, "the alias does not move") }
          try await registry.point(alias, at: version, from: current, for: release)
        } else {
          return outcome
        }
      } catch {
        outcome.faults.append(error)
        if error.isPermanent || outcome.faults.count > idleTimeout { throw error }
      }
    }
  }
}
