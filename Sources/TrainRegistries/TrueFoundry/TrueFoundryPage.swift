internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// A page of any of the API's lists.
enum TrueFoundryPage {
  /// Bytes: versions carry what people wrote into them.
  private static let most = 32 * 1024 * 1024

  /// - Parameter parameters: with a `limit` it is this one page; else the API's own size, and where the next
  ///   one begins.
  static func get(
    _ path: String, _ parameters: [CatalogParameter], at point: CrashPoint, _ purpose: String,
    by client: TrueFoundryClient
  ) async throws(Fault) -> CatalogPage {
    let query = QueryText.encode(parameters.map { ($0.name, $0.value) })
    let response = try await client.call(
      point, .GET, query.isEmpty ? path : "\(path)?\(query)", purpose, responseLimit: most)
    let json = try response.requireSuccess().requireJSON()
    guard let objects = json["data"]?.array else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer holds no list: \(response.excerpt)",
        hint: "does the endpoint name a TrueFoundry control plane?", effect: .none)
    }
    let pagination = json["pagination"] ?? .empty
    return CatalogPage(
      objects: objects, pagination: pagination, count: pagination["total"]?.int,
      next: next(after: objects.count, of: pagination["total"]?.int, parameters))
  }

  private static func next(
    after count: Int, of total: Int64?, _ parameters: [CatalogParameter]
  ) -> [CatalogParameter]? {
    guard count > 0, !parameters.contains(where: { $0.name == "limit" }) else { return nil }
    let start = parameters.first { $0.name == "offset" }.flatMap { Int64($0.value) } ?? 0
    let end = start + Int64(count)
    if let total, end >= total { return nil }
    return parameters.filter { $0.name != "offset" } + [CatalogParameter("offset", String(end))]
  }
}
