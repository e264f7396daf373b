internal import TrainControl
internal import TrainCore

extension Route {
  /// Makes the model, or without an upload only says whether it could be made.
  static let createModel = Route(post: "/v1/registries/{registry}/models") { call, daemon throws(ControlError) in
    let model = try await daemon.createModel(try call.request(), of: call.registry, by: call.actor)
    return .value(CatalogObjectView(registry: call.registry, data: model))
  }
}
