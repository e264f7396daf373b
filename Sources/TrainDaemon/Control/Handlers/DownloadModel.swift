internal import TrainControl
internal import TrainCore

extension Route {
  static let modelFile = Route(
    get: "/v1/registries/{registry}/models/{id}/file", query: ["from", "tag"], repeated: ["flag", "param"]
  ) { call, daemon throws(ControlError) in
    let point = try call.resumePoint()
    let request = try call.catalogRequest()
    return .file { sink throws(ControlError) in
      try await daemon.modelFile(call.catalogID, of: call.registry, request, from: point, into: sink)
    }
  }
}
