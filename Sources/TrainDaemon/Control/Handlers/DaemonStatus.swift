internal import TrainControl
internal import TrainCore

extension Route {
  static let status = Route(get: "/v1/status") { _, daemon throws(ControlError) in
    .value(try await daemon.status())
  }
}
