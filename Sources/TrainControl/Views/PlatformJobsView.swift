public import TrainCore

/// What a platform itself knows: its own objects, whole. `{"schema": 1, "provider": P, "data": [...]}`
public struct PlatformJobsView: Hashable, Sendable, WireValue {
  public var provider: String
  public var data: [JSON]

  public init(provider: String, data: [JSON]) {
    self.provider = provider
    self.data = data
  }

  public init(_ json: JSON) throws(ControlError) {
    let jobs = try Members(json, of: "a platform's jobs")
    provider = try jobs.string("provider")
    data = try jobs.array("data")
  }

  public var json: JSON {
    ["schema": wireSchema, "provider": .string(provider), "data": .array(data)]
  }
}

/// One of a platform's own objects. `{"schema": 1, "provider": P, "data": {...}}`
public struct PlatformJobView: Hashable, Sendable, WireValue {
  public var provider: String
  public var data: JSON

  public init(provider: String, data: JSON) {
    self.provider = provider
    self.data = data
  }

  public init(_ json: JSON) throws(ControlError) {
    let job = try Members(json, of: "a platform's job")
    provider = try job.string("provider")
    data = job.value("data")
  }

  public var json: JSON { ["schema": wireSchema, "provider": .string(provider), "data": data] }
}
