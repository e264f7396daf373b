public import TrainCore

/// Take in a training that the platform has and traind does not track.
public struct AdoptRequest: Hashable, Sendable, WireValue {
  /// A spec of the daemon's `jobs.d` that it is to be a job of; `nil` = find the one that matches.
  public var spec: String?

  public init(spec: String? = nil) { self.spec = spec }

  public init(_ json: JSON) throws(ControlError) {
    let adopt = try Members(json, of: "an adopt request")
    try adopt.only(["spec"])
    spec = try adopt.optionalString("spec")
  }

  public var json: JSON { ["spec": .text(spec)] }
}
