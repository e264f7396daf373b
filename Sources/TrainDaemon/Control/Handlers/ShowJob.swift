internal import TrainControl
internal import TrainCore

extension Route {
  static let showJob = Route(get: "/v1/jobs/{job}", query: ["watch"]) { call, daemon throws(ControlError) in
    .value(try await daemon.show(call.job, watching: try call.flag("watch")))
  }
}
