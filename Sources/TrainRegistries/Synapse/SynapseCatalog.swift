internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// The models of a tenant, as the backend shows them.
struct SynapseCatalog: ModelCatalog {
  let registry: SynapseRegistry

  /// Which filters there are, the backend does not say: everything goes through.
  var traits: CatalogTraits {
    CatalogTraits(
      list: CatalogParameters(takesOthers: true), show: CatalogParameters(takesOthers: true),
      columns: [
        CatalogColumn("ID", "id"), CatalogColumn("NAME", "name"), CatalogColumn("CATEGORY", "category"),
        CatalogColumn("PLUGIN", "plugin"), CatalogColumn("CREATED", "created"),
        CatalogColumn("JOB", "configuration.traind.job"),
      ])
  }

  func list(_ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage {
    try await SynapsePage.get(
      "/models/", parameters, at: .synapseListModels, "list the models", by: registry.client)
  }

  func show(_ id: String, _ parameters: [CatalogParameter]) async throws(Fault) -> JSON {
    guard SynapseUpload.isSafe(id) else { throw .permanent(.notFound, "'\(id)' is no id of a Synapse model") }
    let query = QueryText.encode(parameters.map { ($0.name, $0.value) })
    return try await registry.client.call(
      .synapseGetModel, .GET, "/models/\(id)/\(query.isEmpty ? "" : "?")\(query)", "look at the model \(id)"
    ).requireSuccess().requireJSON()
  }

  func download(
    _ id: String, _ parameters: [CatalogParameter], from point: ResumePoint, into sink: any DownloadSink
  ) async throws(Fault) {
    let model = try await show(id, parameters)
    guard let url = model["file"]?.string, !url.isEmpty else {
      throw .permanent(.notFound, "the model \(id) in Synapse has no file")
    }
    let digest = SynapseModels.configuration(of: model)?["traind"]?["uploaded"]?.string
    try await registry.fetch(url, "fetch the file of the model \(id)", digest: digest, from: point, into: sink)
  }

  var creation: (any ModelCreation)? { SynapseCreation(registry: registry) }
}

extension SynapseRegistry {
  /// Fetches what the backend named: signed, so without our token.
  func fetch(
    _ url: String, _ purpose: String, digest: String? = nil, from point: ResumePoint, into sink: any DownloadSink
  ) async throws(Fault) {
    let address = url.hasPrefix("/") ? client.endpoint + url : url
    guard let origin = Origin(address) else {
      throw .permanent(.unsupported, "could not \(purpose): Synapse names no http:// or https:// address for it")
    }
    guard origin.scheme == "https" || Origin(client.endpoint)?.scheme == "http" else {
      throw .permanent(
        .rejected, "could not \(purpose): Synapse names an address at \(origin) that is not encrypted",
        hint: "have its storage served over https")
    }
    let call = HTTPCall(.GET, address, point: .synapseFetchFile, purpose: purpose)
    try await RangedDownload(call, over: client.transport, digest: digest).run(from: point, into: sink)
  }
}
