import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `A publication to MLflow` {
  private func problems(_ options: JSON, alias: String? = nil) async throws -> [String] {
    let registry = try MLflowHarness(server: MLflowServer(), endpoint: "http://127.0.0.1:1").make()
    var publication = JobSpec.Publication(registry: "mlflow", options: options)
    publication.alias = alias
    let spec = JobSpec(
      name: "hat", provider: "here", modelName: "hat", version: .fixed("1"), train: .empty, publish: [publication],
      written: .empty)
    let problems = registry.problems(in: publication, of: spec)
    await registry.shutdown()
    return problems.map { "\($0.path): \($0.message)\($0.hint.map { " (\($0))" } ?? "")" }
  }

  @Test func `needs no keys and takes all of its own`() async throws {
    #expect(try await problems([:]).isEmpty)
    #expect(
      try await problems([
        "name": "hats", "experiment": "of ours", "run_name": "r", "description": "d",
        "tags": ["team": "vision", "epochs": 3, "lr": 0.5, "quantized": true],
      ]).isEmpty)
  }

  @Test func `is promoted by an alias that MLflow takes`() async throws {
    #expect(try await problems([:], alias: "champion_2-x").isEmpty)
    for alias in ["v1", "V12", "Latest", "two words", "a.b", ""] {
      #expect(try await problems([:], alias: alias).first?.hasPrefix("publish[0].promote.alias: ") == true, "\(alias)")
    }
  }

  @Test func `has its problems named with their place`() async throws {
    #expect(try await problems(["tag": "x"]) == ["publish[0].tag: unknown key (did you mean 'tags'?)"])
    #expect(
      try await problems(["tags": ["traind.job": "x"]]).first?.hasPrefix("publish[0].tags.traind.job: is written")
        == true)
    for options: JSON in [
      ["name": ""], ["name": "a/b"], ["name": "it's"], ["name": 1], ["experiment": ""], ["run_name": 1],
      ["description": []], ["tags": ["x"]], ["tags": ["a(b)": "x"]], ["tags": ["a": []]],
    ] {
      #expect(try await problems(options).count == 1, "\(options)")
    }
  }

  @Test(
    arguments: [
      ["username": "eva"], ["password": ["env": "P"]], ["token": ["env": "T"], "username": "eva"],
      ["username": "e:va", "password": ["env": "P"]],
    ] as [JSON])
  func `is refused when the connection's login is half of one, or two`(_ settings: JSON) throws {
    var harness = MLflowHarness(server: MLflowServer(), endpoint: "http://127.0.0.1:1")
    harness.settings = settings
    #expect(throws: Fault.self) { try harness.make() }
  }
}
