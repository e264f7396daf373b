internal import TrainControl
internal import TrainCore

extension Route {
  static let config = Route(get: "/v1/config") { _, daemon throws(ControlError) in
    .value(try await daemon.config())
  }
}
