internal import TrainControl
internal import TrainCore

extension Route {
  static let forget = Route(post: "/v1/jobs/{job}/forget") { call, daemon throws(ControlError) in
    try call.checkEmpty()
    let left = try await daemon.forget(call.job, by: call.actor)
    return .json([
      "schema": wireSchema, "id": .text(call.job), "forgotten": true, "left": .array(left.map(JSON.string)),
    ])
  }
}
