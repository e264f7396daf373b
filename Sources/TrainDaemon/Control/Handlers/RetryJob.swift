internal import TrainControl
internal import TrainCore

extension Route {
  static let retry = Route(post: "/v1/jobs/{job}/retry") { call, daemon throws(ControlError) in
    try call.checkEmpty()
    return .value(try await daemon.retry(call.job, by: call.actor))
  }
}
