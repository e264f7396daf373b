internal import TrainControl
internal import TrainCore

extension Route {
  static let listModels = Route(
    get: "/v1/registries/{registry}/models", query: ["pages"], repeated: ["flag", "param"]
  ) { call, daemon throws(ControlError) in
    try await .lines(daemon.models(of: call.registry, call.catalogRequest()))
  }
}
