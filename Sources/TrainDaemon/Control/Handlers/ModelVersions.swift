internal import TrainControl
internal import TrainCore

extension Route {
  static let modelVersions = Route(
    get: "/v1/registries/{registry}/models/{id}/versions", query: ["pages"], repeated: ["flag", "param"]
  ) { call, daemon throws(ControlError) in
    try await .lines(daemon.modelVersions(of: call.catalogID, registry: call.registry, call.catalogRequest()))
  }

  static let allModelVersions = Route(
    get: "/v1/registries/{registry}/model-versions", query: ["pages"], repeated: ["flag", "param"]
  ) { call, daemon throws(ControlError) in
    try await .lines(daemon.modelVersions(of: nil, registry: call.registry, call.catalogRequest()))
  }
}
