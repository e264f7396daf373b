internal import TrainControl
internal import TrainCore

extension Route {
  static let promote = Route(post: "/v1/jobs/{job}/promote") { call, daemon throws(ControlError) in
    .value(try await daemon.promote(call.job, try call.request(), by: call.actor))
  }
}
