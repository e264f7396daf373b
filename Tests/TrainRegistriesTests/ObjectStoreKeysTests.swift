import Testing
import TrainCore
import TrainRegistries
import TrainTestKit

@Suite struct `A publication's keys` {
  private func problems(_ registry: any Registry, _ options: JSON, model: String = "hat") -> [String] {
    let publication = JobSpec.Publication(registry: "far", options: options)
    let spec = JobSpec(
      name: "hat", provider: "here", modelName: model, version: .fixed("1"), train: .empty, publish: [publication],
      written: .empty)
    return registry.problems(in: publication, of: spec).map { "\($0.path): \($0.message)" }
  }

  @Test func `of S3 are named with their place when they are wrong`() async throws {
    let registry = try S3Harness(server: S3Server(), endpoint: "http://127.0.0.1:1").make()
    for options: JSON in [[:], ["prefix": "a/b"], ["prefix": ""], ["metadata": ["a-1": "x y"]]] {
      #expect(problems(registry, options).isEmpty, "\(options)")
    }
    for options: JSON in [
      ["prefx": "a"], ["prefix": "/a"], ["prefix": "a/../b"], ["prefix": 1], ["metadata": 1], ["metadata": ["A": "x"]],
      ["metadata": ["a": 1]], ["metadata": ["a": "ü"]], ["metadata": ["traind-x": "x"]],
    ] {
      #expect(problems(registry, options).count == 1, "\(options)")
    }
    #expect(problems(registry, ["metadata": ["a": 1]]) == ["publish[0].metadata.a: must be text in printable ASCII"])
    await registry.shutdown()
  }

  @Test func `of OCI are named with their place when they are wrong`() async throws {
    let registry = try OCIHarness(server: OCIServer(), endpoint: "http://127.0.0.1:1").make()
    for options: JSON in [
      [:], ["repository": "a/b", "tag": "v1"], ["mount_from": "c"], ["annotations": ["org.example.a": "b"]],
    ] {
      #expect(problems(registry, options, model: "Hat").isEmpty, "\(options)")
    }
    for options: JSON in [
      ["repositry": "a"], ["repository": "A"], ["tag": "1+2"], ["tag": 1], ["mount_from": "/"], ["annotations": "x"],
      ["annotations": ["traind.job": "x"]], ["annotations": ["a": 1]],
    ] {
      #expect(problems(registry, options).count == 1, "\(options)")
    }
    #expect(problems(registry, [:], model: "a..b").count == 1)
    await registry.shutdown()
  }
}
