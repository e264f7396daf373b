/// What the configuration directories say about the daemon.
public struct ConfigLoad: Sendable {
  /// `nil` when any of ``problems`` is an error.
  public var config: DaemonConfig?
  public var problems: [ConfigProblem]
  /// The files that were read, in the order in which they were laid over each other.
  public var files: [String]
  /// Where each part was written, as `providers.viam.api_key`; for what is found wrong with it later.
  public var places: Places
}

/// The job specs of the configuration directories.
public struct SpecLoad: Sendable {
  /// Those that are right, in the order of their names; a bad one hides none of them.
  public var specs: [LocatedSpec]
  public var problems: [ConfigProblem]
  /// The names of all specs that are there, right or wrong.
  public var names: [String]
  /// A `jobs.d` is there, and every one could be listed: what is not among ``names`` is not there. A disk that is not
  /// mounted yet looks empty.
  public var isWhole: Bool
}
