internal import TrainControl
internal import TrainCore

extension Route {
  static let apply = Route(post: "/v1/apply") { call, daemon throws(ControlError) in
    .value(try await daemon.apply(try call.request(), by: call.actor))
  }
}
