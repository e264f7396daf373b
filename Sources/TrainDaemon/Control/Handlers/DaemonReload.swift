internal import TrainControl
internal import TrainCore

extension Route {
  static let reload = Route(post: "/v1/reload") { call, daemon throws(ControlError) in
    try call.checkEmpty()
    return .value(try await daemon.reload(by: call.actor))
  }
}
