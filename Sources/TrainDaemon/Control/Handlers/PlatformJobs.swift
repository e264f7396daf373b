internal import TrainControl
internal import TrainCore

extension Route {
  static let platformJobs = Route(get: "/v1/providers/{provider}/jobs", query: ["status"]) {
    call, daemon throws(ControlError) in
    let jobs = try await daemon.platformJobs(of: call.provider, status: call.query["status"])
    return .value(PlatformJobsView(provider: call.provider, data: jobs))
  }

  static let platformJob = Route(get: "/v1/providers/{provider}/jobs/{id}") { call, daemon throws(ControlError) in
    let job = try await daemon.platformJob(call.platformID, of: call.provider)
    return .value(PlatformJobView(provider: call.provider, data: job))
  }

  static let platformCancel = Route(post: "/v1/providers/{provider}/jobs/{id}/cancel") {
    call, daemon throws(ControlError) in
    try call.checkEmpty()
    try await daemon.cancelPlatformJob(call.platformID, of: call.provider, by: call.actor)
    return .json([
      "schema": wireSchema, "provider": .string(call.provider), "id": .string(call.platformID), "asked": true,
    ])
  }

  static let platformLogs = Route(get: "/v1/providers/{provider}/jobs/{id}/logs", query: ["cursor"]) {
    call, daemon throws(ControlError) in
    .value(try await daemon.platformLogs(call.platformID, of: call.provider, after: call.query["cursor"]))
  }

  static let platformAdopt = Route(post: "/v1/providers/{provider}/jobs/{id}/adopt") {
    call, daemon throws(ControlError) in
    .value(
      try await daemon.adoptPlatformJob(call.platformID, of: call.provider, try call.request(), by: call.actor))
  }
}
