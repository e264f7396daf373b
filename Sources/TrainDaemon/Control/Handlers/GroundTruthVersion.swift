internal import TrainControl
internal import TrainCore

extension Route {
  static let groundTruthVersion = Route(get: "/v1/registries/{registry}/ground-truth/versions/{id}") {
    call, daemon throws(ControlError) in
    let version = try await daemon.groundTruthVersion(call.catalogID, of: call.registry)
    return .value(CatalogObjectView(registry: call.registry, data: version))
  }
}
