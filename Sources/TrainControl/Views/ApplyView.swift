public import TrainCore

/// What applying the specs did, or would do.
public struct ApplyView: Hashable, Sendable, WireValue {
  public var dryRun: Bool
  public var started: [JobID]
  /// Live jobs that take changed `publish`, `limits` or `retry`.
  public var updated: [JobID]
  public var unchanged: [JobID]
  /// Names of specs that are started by `trainctl run` only.
  public var manual: [String]
  /// The others were applied all the same.
  public var refused: [Refusal]
  public var warnings: [String]

  /// A spec that was not applied, and why.
  public struct Refusal: Hashable, Sendable, WireValue {
    public var spec: String
    /// The file with line and column where they are known: `jobs.d/hardhat.yaml:3:5`.
    public var place: String?
    public var message: String
    public var hint: String?
    /// What differs from the job that is there, as `train.tags[1]: old -> new`.
    public var differences: [String]

    public init(
      spec: String, place: String? = nil, message: String, hint: String? = nil, differences: [String] = []
    ) {
      self.spec = spec
      self.place = place
      self.message = message
      self.hint = hint
      self.differences = differences
    }

    public init(_ json: JSON) throws(ControlError) {
      let refusal = try Members(json, of: "a refused spec")
      spec = try refusal.string("spec")
      place = try refusal.optionalString("place")
      message = try refusal.string("message")
      hint = try refusal.optionalString("hint")
      differences = try refusal.strings("differences")
    }

    public var json: JSON {
      [
        "spec": .string(spec), "place": .text(place), "message": .string(message), "hint": .text(hint),
        "differences": .texts(differences),
      ]
    }
  }

  public init(
    dryRun: Bool, started: [JobID] = [], updated: [JobID] = [], unchanged: [JobID] = [], manual: [String] = [],
    refused: [Refusal] = [], warnings: [String] = []
  ) {
    self.dryRun = dryRun
    self.started = started
    self.updated = updated
    self.unchanged = unchanged
    self.manual = manual
    self.refused = refused
    self.warnings = warnings
  }

  public init(_ json: JSON) throws(ControlError) {
    let apply = try Members(json, of: "an applied directory")
    dryRun = try apply.optionalBool("dry_run") ?? false
    started = try apply.strings("started").map { JobID($0) }
    updated = try apply.strings("updated").map { JobID($0) }
    unchanged = try apply.strings("unchanged").map { JobID($0) }
    manual = try apply.strings("manual")
    refused = try apply.list("refused")
    warnings = try apply.strings("warnings")
  }

  public var json: JSON {
    [
      "schema": wireSchema, "dry_run": .bool(dryRun), "started": .texts(started.map(\.description)),
      "updated": .texts(updated.map(\.description)), "unchanged": .texts(unchanged.map(\.description)),
      "manual": .texts(manual), "refused": .list(refused), "warnings": .texts(warnings),
    ]
  }
}
