internal import TrainControl
internal import TrainCore

extension Route {
  static let hold = Route(post: "/v1/jobs/{job}/hold") { call, daemon throws(ControlError) in
    try call.checkEmpty()
    return .value(try await daemon.hold(call.job, by: call.actor))
  }
}
