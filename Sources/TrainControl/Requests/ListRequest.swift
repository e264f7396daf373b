public import TrainCore

/// Which jobs to list; every part that is given must hold.
public struct ListRequest: Hashable, Sendable {
  public var state: JobState.Word?
  public var spec: String?
  /// Without it: those not terminal, or changed in the last day.
  public var all: Bool
  /// The newest so many; `nil` = as many as there are.
  public var limit: Int?
  /// Somebody is looking at the answers as they change: poll faster for a while.
  public var watching: Bool

  public init(
    state: JobState.Word? = nil, spec: String? = nil, all: Bool = false, limit: Int? = nil, watching: Bool = false
  ) {
    self.state = state
    self.spec = spec
    self.all = all
    self.limit = limit
    self.watching = watching
  }
}
