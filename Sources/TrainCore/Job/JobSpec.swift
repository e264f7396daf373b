/// What somebody asked for: one training, and where its result goes.
public struct JobSpec: Hashable, Sendable, Codable {
  public enum VersionRule: Hashable, Sendable, Codable {
    case fixed(String)
    /// 1 + the highest version of this spec whenever the spec's identity changes.
    case auto
  }

  public enum Start: String, Hashable, Sendable, Codable {
    /// Submitted when the spec is applied.
    case apply
    /// Only by `trainctl run`.
    case manual
  }

  /// How long each phase may last. `nil` = as long as it takes.
  public struct Limits: Hashable, Sendable, Codable {
    public var queue: Duration?
    public var run: Duration?
    /// From a delivered cancel until it is forced.
    public var stop: Duration

    public init(queue: Duration? = nil, run: Duration? = nil, stop: Duration = .seconds(300)) {
      self.queue = queue
      self.run = run
      self.stop = stop
    }
  }

  public struct Publication: Hashable, Sendable, Codable {
    /// A name under `registries:`.
    public var registry: String
    /// The registry's own keys, checked by it.
    public var options: JSON
    /// The alias (tag, stage) that is moved to the version once it is verified; `nil` = none.
    public var alias: String?

    public init(registry: String, options: JSON = .empty, alias: String? = nil) {
      self.registry = registry
      self.options = options
      self.alias = alias
    }
  }

  /// The file's name without its ending.
  public var name: String
  /// A name under `providers:`.
  public var provider: String
  public var modelName: String
  public var version: VersionRule
  /// The provider's own keys, checked by it.
  public var train: JSON
  public var publish: [Publication]
  /// Trainings to try; `nil` = the daemon's `retry.attempts`.
  public var attempts: Int?
  public var limits: Limits
  public var start: Start
  /// The credential whose key signs the artifact; `nil` = it is not signed.
  public var signingKey: String?
  /// What the training's data is called in registries that keep ground truth, by the registry's name:
  /// `{"synapse": {"ground_truth_version": 42}}`. Checked by the registry, written beside every version. Not part of
  /// the job's identity.
  public var provenance: JSON?
  /// `provider`, `model` and `train` as they were written, defaults not folded in: what the identity is a digest of.
  public var written: JSON

  public init(
    name: String, provider: String, modelName: String, version: VersionRule, train: JSON,
    publish: [Publication] = [], attempts: Int? = nil, limits: Limits = .init(), start: Start = .apply,
    signingKey: String? = nil, provenance: JSON? = nil, written: JSON
  ) {
    self.name = name
    self.provider = provider
    self.modelName = modelName
    self.version = version
    self.train = train
    self.publish = publish
    self.attempts = attempts
    self.limits = limits
    self.start = start
    self.signingKey = signingKey
    self.provenance = provenance
    self.written = written
  }
}
