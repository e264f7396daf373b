internal import TrainControl
internal import TrainCore

extension Route {
  /// With `files`, the files that each event names, and leave to fetch them.
  static let groundTruthEvents = Route(
    get: "/v1/registries/{registry}/ground-truth/events", query: ["pages", "files"], repeated: ["flag", "param"]
  ) { call, daemon throws(ControlError) in
    try await .lines(daemon.groundTruthEvents(of: call.registry, call.catalogRequest()))
  }
}
