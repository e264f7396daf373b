internal import TrainControl
internal import TrainCore

extension Route {
  static let publish = Route(post: "/v1/jobs/{job}/publish") { call, daemon throws(ControlError) in
    .value(try await daemon.publish(call.job, try call.request(), by: call.actor))
  }
}
