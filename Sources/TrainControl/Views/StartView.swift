public import TrainCore

/// The answer to `run`, `submit` and an adoption: the job object with `new` and `warnings` beside its own members.
public struct StartView: Hashable, Sendable, WireValue {
  public var job: JobView
  /// `false`: it was there already, under the same identity.
  public var isNew: Bool
  public var warnings: [String]

  public init(job: JobView, isNew: Bool, warnings: [String] = []) {
    self.job = job
    self.isNew = isNew
    self.warnings = warnings
  }

  public init(_ json: JSON) throws(ControlError) {
    let start = try Members(json, of: "a started job")
    job = try JobView(json)
    isNew = try start.optionalBool("new") ?? true
    warnings = try start.strings("warnings")
  }

  public var json: JSON {
    var json = job.json
    json["new"] = .bool(isNew)
    json["warnings"] = .texts(warnings)
    return json
  }
}
