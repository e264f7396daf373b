internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// A page of any of the backend's lists.
enum SynapsePage {
  /// Bytes: a page of large objects wants a smaller `page_size`.
  private static let most = 32 * 1024 * 1024
  private static let usualSize = CatalogParameter("page_size", "100")
  /// Parameters of a next page that are believed.
  private static let mostParameters = 100

  static func get(
    _ path: String, _ parameters: [CatalogParameter], at point: CrashPoint, _ purpose: String, by client: SynapseClient
  ) async throws(Fault) -> CatalogPage {
    let parameters = parameters.contains { $0.name == usualSize.name } ? parameters : parameters + [usualSize]
    let query = QueryText.encode(parameters.map { ($0.name, $0.value) })
    let response: HTTPResponse
    do throws(Fault) {
      response = try await client.call(point, .GET, "\(path)?\(query)", purpose, responseLimit: most)
    } catch {
      var fault = error
      if fault.code == .badAnswer { fault.hint = "ask for smaller pages: --param page_size=10" }
      throw fault
    }
    let json = try response.requireSuccess().requireJSON()
    if let objects = json.array { return CatalogPage(objects: objects) }
    guard case .object(var members) = json, let objects = members.removeValue(forKey: "results")?.array else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer holds no list: \(response.excerpt)",
        hint: "does the endpoint name a Synapse backend?", effect: .none)
    }
    return CatalogPage(
      objects: objects, pagination: .object(members), count: members["count"]?.int,
      next: try next(members["next"], after: parameters, purpose))
  }

  /// Only what to ask for is taken from the answer, never whom: the token goes to the endpoint alone.
  private static func next(
    _ next: JSON?, after parameters: [CatalogParameter], _ purpose: String
  ) throws(Fault) -> [CatalogParameter]? {
    guard let next = next?.string, !next.isEmpty else { return nil }
    // A bare word is a cursor, as the v2 backend writes it.
    let isAddress = next.contains("?") || next.contains("/")
    guard let pairs = isAddress ? QueryText.decode(queryOf: next) : [("cursor", next)], !pairs.isEmpty,
      pairs.count <= mostParameters
    else {
      throw .transient(
        .badAnswer, "could not \(purpose): the next page's address has no parameters to ask with", effect: .none)
    }
    return parameters.filter { given in !pairs.contains { $0.name == given.name } }
      + pairs.map { CatalogParameter($0.name, $0.value) }
  }
}
