public import TrainCore

/// Start one spec of the daemon's `jobs.d`.
public struct RunRequest: Hashable, Sendable {
  /// Its name, not a path.
  public var spec: String
  /// Instead of the spec's own.
  public var version: String?
  /// Changes to the spec for this run, as they were given: `train.epochs=3`; values are YAML scalars or flow.
  public var sets: [String]

  public init(spec: String, version: String? = nil, sets: [String] = []) {
    self.spec = spec
    self.version = version
    self.sets = sets
  }
}

extension RunRequest: WireValue {
  public init(_ json: JSON) throws(ControlError) {
    let run = try Members(json, of: "a run request")
    try run.only(["spec", "version", "set"])
    spec = try run.string("spec")
    version = try run.optionalString("version")
    sets = try run.strings("set")
  }

  public var json: JSON { ["spec": .string(spec), "version": .text(version), "set": .texts(sets)] }
}
