internal import TrainControl
internal import TrainCore

extension Route {
  static let doctor = Route(get: "/v1/doctor") { _, daemon throws(ControlError) in
    .value(try await daemon.doctor())
  }
}
