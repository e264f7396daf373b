internal import TrainControl
internal import TrainCore

extension Route {
  static let cancel = Route(post: "/v1/jobs/{job}/cancel") { call, daemon throws(ControlError) in
    try call.checkEmpty()
    return .value(try await daemon.cancel(call.job, by: call.actor))
  }
}
