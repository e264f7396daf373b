/// The move of a registry's alias (a tag, a stage: whatever it has) to a version, or back from it.
public struct Promotion: Hashable, Sendable, Codable {
  /// What was decided when the registry was asked. Durable before the call.
  public struct Asked: Hashable, Sendable, Codable {
    public var at: Timestamp
    /// What the alias pointed at then; `nil` = there was no such alias.
    public var replaced: RemoteVersion?
  }

  public var alias: String
  /// What it is to point at; `nil` = the alias is to go.
  public var target: RemoteVersion?
  public var asked: Asked?
  /// Asked for by hand, perhaps long after the upload: the version is verified once more first.
  public var isLate: Bool

  init(alias: String, target: RemoteVersion?, asked: Asked? = nil, isLate: Bool = false) {
    self.alias = alias
    self.target = target
    self.asked = asked
    self.isLate = isLate
  }
}

/// What became of the last move of an alias.
public struct PromotionOutcome: Hashable, Sendable, Codable {
  public var alias: String
  public var at: Timestamp
  /// What the alias points at since; `nil` = it is gone.
  public var target: RemoteVersion?
  /// What it pointed at before; `nil` = there was no such alias.
  public var replaced: RemoteVersion?
  /// Why it was not moved.
  public var refusal: String?

  /// The alias was moved to `version`, as far as we know the last time.
  public func isMoved(to version: RemoteVersion) -> Bool { refusal == nil && target?.id == version.id }
}
