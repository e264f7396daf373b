public import Testing

/// What ``RegistryConformance`` tries, one by one.
public enum RegistryPromise: String, Sendable, CaseIterable, CustomTestStringConvertible {
  case publishesOnce = "publishes once and finds its own"
  case showsNothing = "shows nothing before the commit"
  case goesOn = "goes on after a restart in the middle"
  case bearsAPartAgain = "bears a part that is sent again"
  case leavesForeign = "leaves a foreign version alone"
  case refusesToCommitOver = "refuses to commit over somebody else"
  case commitsTwice = "commits twice without a second version"
  case seesDamage = "sees that a version was damaged"
  case neverPublishesDamage = "never publishes a damaged spool"
  case freesUploads = "frees an upload that is given up, however often it is told to"
  case freesNothingElse = "frees nothing that is gone on with"
  case movesAliases = "moves an alias from version to version, and away"

  public var testDescription: String { rawValue }

  /// Throws where the promise is broken.
  public func check(_ registry: RegistryConformance) async throws {
    switch self {
    case .publishesOnce: try await registry.`publishes once and finds its own`()
    case .showsNothing: try await registry.`shows nothing before the commit`()
    case .goesOn: try await registry.`goes on after a restart in the middle`()
    case .bearsAPartAgain: try await registry.`bears a part that is sent again`()
    case .leavesForeign: try await registry.`leaves a foreign version alone`()
    case .refusesToCommitOver: try await registry.`refuses to commit over somebody else`()
    case .commitsTwice: try await registry.`commits twice without a second version`()
    case .seesDamage: try await registry.`sees that a version was damaged`()
    case .freesUploads: try await registry.`frees an upload that is given up, however often it is told to`()
    case .freesNothingElse: try await registry.`frees nothing that is gone on with`()
    case .neverPublishesDamage: try await registry.`never publishes a damaged spool`()
    case .movesAliases: try await registry.`moves an alias from version to version, and away`()
    }
  }
}
