import Testing
import TrainCore
import TrainRegistries
import TrainTestKit

@Suite struct `TrueFoundry's catalogue` {
  private func with<Answer: Sendable>(
    _ names: [String], _ work: @Sendable (TrueFoundryServer, any ModelCatalog) async throws -> Answer
  ) async throws -> Answer {
    let server = TrueFoundryServer()
    for name in names { await server.add(name: name, metadata: ["traind": ["job": "hat@1"]]) }
    return try await server.serve { endpoint in
      let registry = try TrueFoundryHarness(server: server, endpoint: endpoint).make()
      do {
        let answer = try await work(server, try #require(registry.catalog))
        await registry.shutdown()
        return answer
      } catch {
        await registry.shutdown()
        throw error
      }
    }
  }

  @Test func `gives models whole, with members and words that nobody here knows`() async throws {
    try await with(["hat"]) { _, catalog in
      let page = try await catalog.list([])
      let model = try #require(page.objects.first)
      #expect(page.count == 1)
      #expect(page.next == nil)
      #expect(page.pagination["limit"] == 100)
      #expect(model["lineage"]?["of"]?["the"] == "future")
      #expect(model["created_by_subject"]?["subjectType"] == "agent-of-the-future")
      #expect(model["latest_version"]?["manifest"]?["metadata"]?["traind"]?["job"] == "hat@1")
      #expect(try await catalog.show("m-hat", []) == model)
    }
  }

  @Test func `sends every filter as the API calls it`() async throws {
    try await with(["hat"]) { server, catalog in
      let filters = [
        ("fqn", "model:acme/vision models/hat"), ("ml_repo_id", "7"), ("name", "hat"), ("run_id", "a5a7"),
        ("include_empty_models", "false"), ("offset", "0"), ("limit", "5"), ("of_the_future", "1"),
      ]
      for (name, _) in filters.dropLast() { #expect(catalog.traits.list.known.contains(name)) }
      #expect(catalog.traits.list.takesOthers)
      _ = try await catalog.list(filters.map { CatalogParameter($0.0, $0.1) })
      var expected = Dictionary(uniqueKeysWithValues: filters)
      expected["fqn"] = "model%3Aacme%2Fvision%20models%2Fhat"
      #expect(await server.queries.last == expected)
    }
  }

  @Test func `names the next page until there is none`() async throws {
    try await with((0..<230).map { "m\($0)" }) { _, catalog in
      var next: [CatalogParameter]? = [CatalogParameter("ml_repo_id", "7")]
      var pages: [Int] = []
      var ids: Set<JSON> = []
      while let parameters = next, pages.count < 10 {
        let page = try await catalog.list(parameters)
        pages.append(page.objects.count)
        ids.formUnion(page.objects.compactMap { $0["id"] })
        next = page.next
        if let next { #expect(next.first == CatalogParameter("ml_repo_id", "7")) }
      }
      #expect(pages == [100, 100, 30])
      #expect(ids.count == 230)
    }
  }

  @Test func `takes a limit for the one page that was asked for`() async throws {
    try await with(["a", "b", "c"]) { _, catalog in
      let page = try await catalog.list([CatalogParameter("limit", "2"), CatalogParameter("offset", "1")])
      #expect(page.objects.compactMap { $0["name"]?.string } == ["b", "c"])
      #expect(page.count == 3)
      #expect(page.next == nil)
    }
  }

  @Test func `lists the versions of a model, and of all`() async throws {
    try await with(["hat", "hat", "cap"]) { server, catalog in
      let all = try await catalog.versions(of: nil, [])
      #expect(all.objects.count == 3)
      #expect(all.objects.allSatisfy { $0["tags"] == [] })
      #expect(try await catalog.versions(of: nil, [CatalogParameter("tag", "prod")]).objects.isEmpty)
      #expect(await server.queries.last == ["tag": "prod"])
      _ = try await catalog.versions(of: "m-hat", [])
      #expect(await server.queries.last == ["model_id": "m-hat"])
    }
  }

  @Test func `says so when there is no such model`() async throws {
    try await with([]) { _, catalog in
      for id in ["m-none", "../ml-repos", ""] {
        let fault = await #expect(throws: Fault.self) { try await catalog.show(id, []) }
        #expect(fault?.code == .notFound)
      }
    }
  }
}
