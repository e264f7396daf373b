import Testing
import TrainCore
import TrainTestKit
import TrainTransport
import TrainViam
import ViamAPI

@testable import TrainProviders

@Suite struct ViamFindTests {
  @Test func `many submissions are looked up with one list`() async throws {
    try await ViamHarness.run { harness in
      let submissions = (0..<30).map { harness.standard("model-\($0)") }
      for submission in submissions { _ = try await harness.provider.submit(submission) }
      harness.viam.forgetCalls()
      let findings = try await harness.provider.find(submissions)
      #expect(findings.count == 30)
      #expect(findings.allSatisfy { if case .ours = $0 { true } else { false } })
      #expect(harness.viam.calls.map(\.method) == ["ListTrainingJobs"])
    }
  }

  @Test(arguments: [
    ("dataset", "another"), ("type", "single-label-classification"), ("framework", "pytorch"),
  ])
  func `one key that differs makes it foreign, and is named`(_ key: String, _ value: String) async throws {
    try await ViamHarness.run { harness in
      _ = try await harness.provider.submit(harness.standard())
      var wanted = harness.standard()
      wanted.train[key] = .string(value)
      guard case .foreign(_, let why) = try await harness.provider.find([wanted])[0] else {
        Issue.record("it is not foreign")
        return
      }
      #expect(why.contains(key))
    }
  }

  @Test func `tags in another order are the same tags, another tag is not`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      var wanted = harness.standard()
      wanted.train["tags"] = ["person", "hardhat"]
      #expect(try await harness.provider.find([wanted]) == [.ours(handle)])
      wanted.train["tags"] = ["person"]
      guard case .foreign = try await harness.provider.find([wanted])[0] else {
        Issue.record("it is not foreign")
        return
      }
    }
  }

  @Test(arguments: [
    ("item", "acme:other"), ("version", "4"), ("container", "tf:2.17"), ("arguments", #"{"epochs": 11}"#),
  ])
  func `a script's keys are compared`(_ key: String, _ value: String) async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.script())
      #expect(try await harness.provider.find([harness.script()]) == [.ours(handle)])
      var wanted = harness.script()
      wanted.train["script"]?[key] = key == "arguments" ? ["epochs": 11] : .string(value)
      guard case .foreign(_, let why) = try await harness.provider.find([wanted])[0] else {
        Issue.record("it is not foreign")
        return
      }
      #expect(why.contains("script.\(key)"))
    }
  }

  @Test func `the organization's id is as good as its namespace`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.script())
      var job = try #require(harness.viam.jobs.first)
      job.registryItemID = "\(FakeViam.organization):detector"
      harness.viam.add(job)
      #expect(try await harness.provider.find([harness.script()]) == [.ours(handle)])
    }
  }

  @Test func `what is older than the intent is foreign, but a clock may be off a little`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      harness.time.advance(by: .seconds(60))
      #expect(try await harness.provider.find([harness.standard()]) == [.ours(handle)])
      harness.time.advance(by: .milliseconds(1))
      guard case .foreign(let found, let why) = try await harness.provider.find([harness.standard()])[0] else {
        Issue.record("it is not foreign")
        return
      }
      #expect(found == handle)
      #expect(why.contains("before this job wanted it"))
    }
  }

  @Test func `a job that ended badly under our key is found`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      for status in [FakeViam.Status.failed, .canceled] {
        harness.viam.move(handle.reference, to: status)
        #expect(try await harness.provider.find([harness.standard()]) == [.ours(handle)])
      }
    }
  }

  @Test func `ours is told from a foreign one under the same key`() async throws {
    try await ViamHarness.run { harness in
      var other = harness.standard()
      other.train["dataset"] = "another"
      _ = try await harness.provider.submit(other)
      let handle = try await harness.provider.submit(harness.standard())
      #expect(try await harness.provider.find([harness.standard()]) == [.ours(handle)])
    }
  }

  @Test func `two that match alike are foreign, and both are named`() async throws {
    try await ViamHarness.run { harness in
      let a = try await harness.provider.submit(harness.standard())
      let b = try await harness.provider.submit(harness.standard())
      guard case .foreign(_, let why) = try await harness.provider.find([harness.standard()])[0] else {
        Issue.record("it is not foreign")
        return
      }
      #expect(why.contains(a.reference))
      #expect(why.contains(b.reference))
    }
  }

  @Test func `a package without a job is foreign, and can be adopted`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.addPackage("hardhat", "1.4.0", [1, 2, 3])
      guard case .foreign(let handle, _) = try await harness.provider.find([harness.standard()])[0] else {
        Issue.record("it is not foreign")
        return
      }
      #expect(try await harness.provider.observe([handle])[0]?.phase == .succeeded)
      let sink = MemorySink()
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files["hardhat.tar.gz"]?.bytes == [1, 2, 3])
      try await harness.provider.cancel(handle, force: false)
      #expect(try await harness.provider.logs(handle, after: nil).text.isEmpty)
    }
  }

  @Test func `a version that is taken is adopted where it is ours`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.refuseDuplicates()
      let handle = try await harness.provider.submit(harness.standard())
      #expect(try await harness.provider.submit(harness.standard()) == handle)
      var other = harness.standard()
      other.train["dataset"] = "another"
      let fault = await thrown { () throws(Fault) in try await harness.provider.submit(other) }
      #expect(fault?.code == .alreadyExists)
      #expect(fault?.isPermanent == true)
      #expect(harness.viam.jobs.count == 1)
    }
  }

  @Test func `more than gRPC takes by default is taken`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      harness.viam.add(.big(mebibytes: 5))
      #expect(try await harness.provider.find([harness.standard()]) == [.ours(handle)])
    }
  }

  @Test func `more than is taken is refused for good, with a way out`() async throws {
    try await ViamHarness.run { harness in
      let secrets = SecretResolver(credentialsDirectory: nil, environment: ["KEY": "secret-key"])
      let access = try ViamAccess(
        ViamHarness.config(harness.endpoint), secrets: secrets, proxies: .none, time: harness.time,
        boundary: Boundary(),
        largestAnswer: 1024)
      let provider = ViamProvider(access, time: harness.time)
      for index in 0..<20 { _ = try await provider.submit(harness.standard("model-\(index)")) }
      let found = await thrown { () throws(Fault) in try await provider.find([harness.standard()]) }
      #expect(found?.isPermanent == true)
      #expect(found?.code == .rejected)
      let listed = await thrown { () throws(Fault) in try await provider.platform?.list(status: nil) }
      #expect(listed?.hint == "ask for one status at a time")
      await provider.shutdown()
    }
  }
}

extension FakeViam.Job {
  static func big(mebibytes: Int) -> Self {
    var job = Self()
    job.id = "big"
    job.status = .completed
    job.modelName = String(repeating: "x", count: mebibytes * 1024 * 1024)
    return job
  }
}
