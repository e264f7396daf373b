import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `A publication to TrueFoundry` {
  private func problems(_ options: JSON) async throws -> [String] {
    let registry = try TrueFoundryHarness(server: TrueFoundryServer(), endpoint: "http://127.0.0.1:1").make()
    let publication = JobSpec.Publication(registry: "tfy", options: options)
    let spec = JobSpec(
      name: "hat", provider: "here", modelName: "hat", version: .fixed("1"), train: .empty,
      publish: [JobSpec.Publication(registry: "shelf"), publication], written: .empty)
    let problems = registry.problems(in: publication, of: spec)
    await registry.shutdown()
    return problems.map { "\($0.path): \($0.message)\($0.hint.map { " (\($0))" } ?? "")" }
  }

  @Test func `is fine with its ML repo alone, and with every key`() async throws {
    #expect(try await problems(["ml_repo": "vision-models"]).isEmpty)
    #expect(
      try await problems([
        "ml_repo": "vision-models", "name": "my_model-1", "description": "d", "metadata": ["rating": 4.5],
        "framework": ["type": "transformers", "library_name": "transformers"],
        "environment": ["python_version": "3.12", "pip_packages": ["torch==2.4.0"]], "version_alias": "v1.2-rc",
        "run_id": "0123456789abcdef0123456789abcdef", "step": 4,
      ]).isEmpty)
  }

  @Test func `has its problems named with their place`() async throws {
    #expect(try await problems([:]).first?.hasPrefix("publish[1].ml_repo: missing") == true)
    #expect(
      try await problems(["ml_repo": "vision", "vresion_alias": "v1"]) == [
        "publish[1].vresion_alias: unknown key (did you mean 'version_alias'?)"
      ])
    for (key, value): (String, JSON) in [
      ("ml_repo", "a"), ("ml_repo", "-vision"), ("ml_repo", 7), ("name", "Qwen2.5"), ("name", ""),
      ("name", .string(String(repeating: "x", count: 257))), ("description", 1),
      ("description", .string(String(repeating: "x", count: 513))), ("metadata", "x"), ("metadata", ["traind": 1]),
      ("metadata", [".truefoundry": 1]), ("framework", "pytorch"), ("framework", ["type": "torch"]),
      ("environment", ["pyhton": "3"]), ("environment", ["python_version": 3.12]),
      ("environment", ["pip_packages": "torch"]), ("version_alias", "1.2"), ("version_alias", "v1."), ("run_id", "x"),
      ("step", -1), ("step", "4"),
    ] {
      var options: JSON = ["ml_repo": "vision-models"]
      options[key] = value
      #expect(try await problems(options).count == 1, "\(key): \(value)")
    }
  }
}
