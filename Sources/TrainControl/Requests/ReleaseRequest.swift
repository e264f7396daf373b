public import TrainCore

public struct ReleaseRequest: Hashable, Sendable, WireValue {
  /// What is found under the job's key is to be taken as ours.
  public var adopt: Bool

  public init(adopt: Bool = false) { self.adopt = adopt }

  public init(_ json: JSON) throws(ControlError) {
    let release = try Members(json, of: "a release request")
    try release.only(["adopt"])
    adopt = try release.optionalBool("adopt") ?? false
  }

  public var json: JSON { ["adopt": .bool(adopt)] }
}
