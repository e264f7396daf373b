internal import TrainControl
internal import TrainCore

extension Route {
  static let showModel = Route(get: "/v1/registries/{registry}/models/{id}", repeated: ["flag", "param"]) {
    call, daemon throws(ControlError) in
    let model = try await daemon.model(call.catalogID, of: call.registry, call.catalogRequest())
    return .value(CatalogObjectView(registry: call.registry, data: model))
  }
}
