import Testing
import TrainCore
import TrainTestKit
import ViamAPI

@Suite struct ViamOtherTests {
  @Test func `logs are read page by page and then as they grow`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      harness.viam.log(handle.reference, ["a", "b", "c"], pageSize: 2)
      let first = try await harness.provider.logs(handle, after: nil)
      #expect(first.hasMore)
      #expect(first.text.split(separator: "\n").map { $0.split(separator: " ")[2] } == ["a", "b"])
      let second = try await harness.provider.logs(handle, after: first.next)
      #expect(!second.hasMore)
      #expect(second.text.hasSuffix(" INFO c\n"))
      let none = try await harness.provider.logs(handle, after: second.next)
      #expect(none.text.isEmpty && !none.hasMore)
      harness.viam.log(handle.reference, ["d", "e"], pageSize: 2)
      let third = try await harness.provider.logs(handle, after: none.next)
      #expect(third.hasMore)
      #expect(third.text.hasSuffix(" INFO d\n"))
      #expect(try await harness.provider.logs(handle, after: third.next).text.hasSuffix(" INFO e\n"))
    }
  }

  @Test func `a cursor of something else is refused`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      let fault = await thrown { () throws(Fault) in try await harness.provider.logs(handle, after: "junk") }
      #expect(fault?.code == .rejected)
    }
  }

  @Test(arguments: [FakeViam.Code.failedPrecondition, .unknown, .invalidArgument])
  func `a refused stop is a fault only while the job lives`(_ code: FakeViam.Code) async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      harness.viam.trouble("CancelTrainingJob", .refuse(code), .refuse(code))
      let alive = await thrown { () throws(Fault) in try await harness.provider.cancel(handle, force: false) }
      #expect(alive != nil)
      harness.viam.move(handle.reference, to: .completed)
      try await harness.provider.cancel(handle, force: false)
    }
  }

  @Test func `stopping an unknown job is no fault`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      harness.viam.deleteJob(handle.reference)
      try await harness.provider.cancel(handle, force: false)
    }
  }

  @Test func `a container near its end is warned of, also one that is not known`() async throws {
    try await ViamHarness.run { harness in
      let now = harness.time.now
      func container(_ key: String, days: Int64?) -> Viam_App_Mltraining_V1_Container {
        var container = Viam_App_Mltraining_V1_Container()
        container.key = key
        if let days { container.eol = .init(now + .seconds(days * 24 * 3600)) }
        return container
      }
      harness.viam.setContainers([
        container("old", days: -1), container("late", days: 29), container("fine", days: 31),
        container("eternal", days: nil),
      ])
      for (name, word) in [("old", "reached"), ("late", "reaches"), ("gone", "does not list")] {
        var spec = harness.spec()
        spec.train = harness.script().train
        spec.train["script"]?["container"] = .string(name)
        let warnings = try await harness.provider.warnings(for: spec)
        #expect(warnings.count == 1 && warnings[0].contains(word), "\(name): \(warnings)")
      }
      for name in ["fine", "eternal"] {
        var spec = harness.spec()
        spec.train = harness.script().train
        spec.train["script"]?["container"] = .string(name)
        #expect(try await harness.provider.warnings(for: spec).isEmpty)
      }
      harness.viam.forgetCalls()
      #expect(try await harness.provider.warnings(for: harness.spec()).isEmpty)
      #expect(harness.viam.calls.isEmpty)
    }
  }

  @Test func `the platform shows every job whole, newest first`() async throws {
    try await ViamHarness.run { harness in
      let platform = try #require(harness.provider.platform)
      let old = try await harness.provider.submit(harness.standard("old"))
      harness.time.advance(by: .seconds(1))
      let new = try await harness.provider.submit(harness.script("new"))
      harness.viam.move(old.reference, to: .failed, message: "no luck")
      let all = try await platform.list(status: nil)
      #expect(all.map { $0["id"]?.string } == [new.reference, old.reference])
      let shown = try await platform.show(old.reference)
      #expect(shown["status"] == "TRAINING_STATUS_FAILED")
      #expect(shown["state"] == "failed")
      #expect(shown["error_status"]?["message"] == "no luck")
      #expect(shown["tags"] == ["hardhat", "person"])
      #expect(shown["training_started"] == .null)
      #expect(shown["created_on"]?.string?.hasSuffix("Z") == true)
      // 23 fields of the API and our own word.
      #expect(shown.object?.count == 23)
      #expect(try await platform.show(new.reference)["arguments"] == ["epochs": "10"])
    }
  }

  @Test(arguments: ["failed", "FAILED", "TRAINING_STATUS_FAILED"])
  func `the platform's jobs are filtered by its own word`(_ word: String) async throws {
    try await ViamHarness.run { harness in
      let platform = try #require(harness.provider.platform)
      let a = try await harness.provider.submit(harness.standard("a"))
      _ = try await harness.provider.submit(harness.standard("b"))
      harness.viam.move(a.reference, to: .failed)
      #expect(try await platform.list(status: word).map { $0["id"]?.string } == [a.reference])
    }
  }

  @Test func `an unknown word lists the known ones, an unknown id is not found`() async throws {
    try await ViamHarness.run { harness in
      let platform = try #require(harness.provider.platform)
      let word = await thrown { () throws(Fault) in try await platform.list(status: "sleeping") }
      #expect(word?.hint?.contains("in_progress") == true)
      #expect(await thrown { () throws(Fault) in try await platform.show("nope") }?.code == .notFound)
      #expect(await thrown { () throws(Fault) in try await platform.cancel("nope") }?.code == .notFound)
    }
  }
}
