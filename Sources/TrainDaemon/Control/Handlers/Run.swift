internal import TrainControl
internal import TrainCore

extension Route {
  static let run = Route(post: "/v1/run") { call, daemon throws(ControlError) in
    .value(try await daemon.run(try call.request(), by: call.actor))
  }
}
