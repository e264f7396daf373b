internal import TrainControl
internal import TrainCore

extension Route {
  static let why = Route(get: "/v1/jobs/{job}/why") { call, daemon throws(ControlError) in
    .value(try await daemon.why(call.job))
  }
}
