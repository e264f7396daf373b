import Testing
import TrainCore
import TrainProviders
import TrainTestKit
import ViamAPI

@Suite struct ViamSpecTests {
  private func problems(_ train: JSON, name: String = "hardhat") async throws -> [SpecProblem] {
    let found = Mutexed<[SpecProblem]>([])
    try await ViamHarness.run { harness in
      var spec = harness.spec()
      spec.train = train
      spec.modelName = name
      found.value = harness.provider.problems(in: spec)
      #expect(harness.viam.calls.isEmpty, "checking a spec makes no call")
    }
    return found.value
  }

  @Test(arguments: ["a.b", "-a", "_a", "ä", "", "a b", String(repeating: "a", count: 201)])
  func `a model name that no machine would take is refused`(_ name: String) async throws {
    let problems = try await problems(["dataset": "d", "type": "object-detection", "tags": ["a"]], name: name)
    #expect(problems.map(\.path) == ["model.name"])
  }

  @Test(arguments: ["a", "0", "hard-hat_2", String(repeating: "a", count: 200)])
  func `a model name that machines take is taken`(_ name: String) async throws {
    #expect(try await problems(["dataset": "d", "type": "object-detection", "tags": ["a"]], name: name).isEmpty)
  }

  @Test func `a dot in a model name is named`() async throws {
    let problems = try await problems(["dataset": "d", "type": "object-detection", "tags": ["a"]], name: "yolo.v8")
    #expect(problems.first?.message == "'yolo.v8' holds '.': Viam takes letters, digits, '_' and '-' only")
  }

  @Test func `every missing key is named at once`() async throws {
    #expect(try await problems([:]).map(\.path) == ["train.dataset", "train.type", "train.tags"])
  }

  @Test func `an unknown key names the nearest`() async throws {
    let problems = try await problems(["datset": "d", "dataset": "d", "type": "object-detection", "tags": ["a"]])
    #expect(problems.map(\.path) == ["train.datset"])
    #expect(problems.first?.hint?.contains("did you mean dataset?") == true)
  }

  @Test func `a wrong word lists the right ones`() async throws {
    let problems = try await problems([
      "dataset": "d", "type": "detection", "tags": ["a", "a", 3], "framework": "caffe",
    ])
    #expect(problems.map(\.path) == ["train.type", "train.tags[1]", "train.tags[2]", "train.framework"])
    #expect(problems.last?.hint == "one of: tflite, tensorflow, pytorch, onnx")
  }

  @Test func `an id that YAML took for a number asks for quotes`() async throws {
    let problems = try await problems(["dataset": 6649, "type": "object-detection", "tags": ["a"]])
    #expect(problems == [SpecProblem(path: "train.dataset", "must be text", hint: "put it in quotes")])
  }

  @Test func `a script excludes what it decides itself`() async throws {
    let problems = try await problems([
      "dataset": "d", "type": "object-detection", "tags": ["a"],
      "script": [
        "item": "no-namespace", "version": "1", "arguments": ["bad name": 1, "ok": [1]], "container": "tf:2.16",
        "container_id": "x",
      ],
    ])
    #expect(
      problems.map(\.path) == [
        "train.type", "train.tags", "train.script.item", "train.script.container_id",
        "train.script.arguments.bad name", "train.script.arguments.ok",
      ])
  }

  @Test func `a script's keys are submitted, numbers as text`() async throws {
    try await ViamHarness.run { harness in
      var submission = harness.script(epochs: 12)
      submission.train["script"]?["arguments"] = ["epochs": 12, "rate": 0.5, "augment": true, "name": "x"]
      _ = try await harness.provider.submit(submission)
      let job = try #require(harness.viam.jobs.first)
      #expect(job.isCustomJob)
      #expect(job.registryItemID == "acme:detector")
      #expect(job.registryItemVersion == "3")
      #expect(job.containerVersion == "tf:2.16")
      #expect(job.arguments == ["epochs": "12", "rate": "0.5", "augment": "true", "name": "x"])
    }
  }

  @Test func `a standard training's keys are submitted`() async throws {
    try await ViamHarness.run { harness in
      var submission = harness.standard("hat", version: "2-r3")
      submission.train["framework"] = "onnx"
      let handle = try await harness.provider.submit(submission)
      let job = try #require(harness.viam.jobs.first)
      #expect(job.id == handle.reference)
      #expect(job.organizationID == FakeViam.organization)
      #expect(job.modelName == "hat")
      #expect(job.modelVersion == "2-r3")
      #expect(job.datasetID == "66491a0666a6c8aa4a33e43e")
      #expect(job.modelType == .objectDetection)
      #expect(job.tags == ["hardhat", "person"])
      #expect(job.modelFramework == .onnx)
      #expect(
        handle.state == ["organization": .string(FakeViam.organization), "name": "hat", "version": "2-r3"])
    }
  }
}
