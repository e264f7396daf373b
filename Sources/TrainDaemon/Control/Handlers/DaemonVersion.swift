internal import TrainControl
internal import TrainCore

extension Route {
  static let version = Route(get: "/v1/version") { _, daemon throws(ControlError) in
    .value(try await daemon.version())
  }
}
