internal import TrainControl
internal import TrainCore

extension Route {
  static let drain = Route(post: "/v1/drain") { call, daemon throws(ControlError) in
    .value(try await daemon.drain(try call.request(), by: call.actor))
  }
}
