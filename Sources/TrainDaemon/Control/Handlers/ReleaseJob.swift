internal import TrainControl
internal import TrainCore

extension Route {
  static let release = Route(post: "/v1/jobs/{job}/release") { call, daemon throws(ControlError) in
    .value(try await daemon.release(call.job, try call.request(), by: call.actor))
  }
}
