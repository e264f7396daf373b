internal import TrainControl
internal import TrainCore

extension Route {
  static let logs = Route(get: "/v1/jobs/{job}/logs", query: ["cursor"]) { call, daemon throws(ControlError) in
    .value(try await daemon.logs(call.job, after: call.query["cursor"]))
  }
}
