internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// The models that the key can see, as the API shows them.
struct TrueFoundryCatalog: ModelCatalog {
  let client: TrueFoundryClient

  /// What is documented, and whatever a later API knows.
  var traits: CatalogTraits {
    CatalogTraits(
      list: CatalogParameters(
        ["fqn", "ml_repo_id", "name", "run_id", "offset", "limit", "include_empty_models"], takesOthers: true),
      versions: CatalogParameters(["fqn", "ml_repo_id", "name", "tag", "offset", "limit"], takesOthers: true),
      columns: [
        CatalogColumn("ID", "id"), CatalogColumn("NAME", "name"), CatalogColumn("REPO", "ml_repo_id"),
        CatalogColumn("FQN", "fqn"), CatalogColumn("LATEST", "latest_version.manifest.version"),
        CatalogColumn("UPDATED", "updated_at"),
      ],
      versionColumns: [
        CatalogColumn("ID", "id"), CatalogColumn("FQN", "fqn"), CatalogColumn("TAGS", "tags"),
        CatalogColumn("ALIAS", "manifest.version_alias"), CatalogColumn("CREATED", "created_at"),
        CatalogColumn("JOB", "manifest.metadata.traind.job"),
      ])
  }

  func list(_ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage {
    try await TrueFoundryPage.get("/models", parameters, at: .trueFoundryListModels, "list the models", by: client)
  }

  func show(_ id: String, _ parameters: [CatalogParameter]) async throws(Fault) -> JSON {
    guard TrueFoundryVersions.isSafe(id) else { throw .permanent(.notFound, "'\(id)' is no id of a TrueFoundry model") }
    let json = try await client.call(
      .trueFoundryGetModel, .GET, "/models/\(id)", "look at the model \(id)", responseLimit: 16 * 1024 * 1024
    ).requireSuccess().requireJSON()
    return json["data"] ?? json
  }

  func versions(of id: String?, _ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage {
    let model = id.map { [CatalogParameter("model_id", $0)] } ?? []
    let others = parameters.filter { $0.name != "model_id" || model.isEmpty }
    return try await TrueFoundryPage.get(
      "/model-versions", model + others, at: .trueFoundryListVersions, "list the versions of models", by: client)
  }
}
