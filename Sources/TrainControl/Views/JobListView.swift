public import TrainCore

/// `{"schema": 1, "jobs": [...]}`
public struct JobListView: Hashable, Sendable, WireValue {
  /// Newest first.
  public var jobs: [JobView]

  public init(jobs: [JobView]) { self.jobs = jobs }

  public init(_ json: JSON) throws(ControlError) { jobs = try Members(json, of: "a list of jobs").list("jobs") }

  public var json: JSON { ["schema": wireSchema, "jobs": .list(jobs)] }
}
