import Testing
import TrainCore
import TrainTestKit
import ViamAPI

@Suite struct ViamObserveTests {
  private func submit(_ count: Int, _ harness: ViamHarness) async throws -> [ProviderHandle] {
    var handles: [ProviderHandle] = []
    for index in 0..<count { handles.append(try await harness.provider.submit(harness.standard("model-\(index)"))) }
    harness.viam.forgetCalls()
    return handles
  }

  @Test func `one or two jobs are asked about one by one`() async throws {
    try await ViamHarness.run { harness in
      let handles = try await submit(2, harness)
      _ = try await harness.provider.observe(handles)
      #expect(harness.viam.calls.map(\.method) == ["GetTrainingJob", "GetTrainingJob"])
    }
  }

  @Test func `many active jobs cost two lists`() async throws {
    try await ViamHarness.run { harness in
      let handles = try await submit(40, harness)
      for handle in handles.dropFirst(20) { harness.viam.move(handle.reference, to: .inProgress) }
      let seen = try await harness.provider.observe(handles)
      #expect(seen.map(\.?.phase) == Array(repeating: .pending, count: 20) + Array(repeating: .running, count: 20))
      #expect(harness.viam.calls.map(\.method) == ["ListTrainingJobs", "ListTrainingJobs"])
    }
  }

  @Test func `a job that just ended costs one call more`() async throws {
    try await ViamHarness.run { harness in
      let handles = try await submit(10, harness)
      harness.viam.move(handles[3].reference, to: .completed)
      let seen = try await harness.provider.observe(handles)
      #expect(seen[3]?.phase == .succeeded)
      #expect(
        harness.viam.calls.map(\.method) == ["ListTrainingJobs", "ListTrainingJobs", "GetTrainingJob"])
    }
  }

  @Test func `jobs that are stopping are listed too`() async throws {
    try await ViamHarness.run { harness in
      let handles = try await submit(10, harness)
      for handle in handles.prefix(5) { try await harness.provider.cancel(handle, force: false) }
      harness.viam.forgetCalls()
      let seen = try await harness.provider.observe(handles)
      #expect(seen.prefix(5).allSatisfy { $0?.phase == .stopping })
      #expect(harness.viam.calls(of: "ListTrainingJobs") == 3)
      #expect(harness.viam.calls(of: "GetTrainingJob") == 0)
    }
  }

  @Test func `very many ended jobs are found in the list of all`() async throws {
    try await ViamHarness.run { harness in
      let handles = try await submit(60, harness)
      for handle in handles { harness.viam.move(handle.reference, to: .completed) }
      let seen = try await harness.provider.observe(handles)
      #expect(seen.allSatisfy { $0?.phase == .succeeded })
      #expect(harness.viam.calls.map(\.method) == ["ListTrainingJobs", "ListTrainingJobs", "ListTrainingJobs"])
    }
  }

  @Test func `an unknown job is lost only when it stays unknown`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      let job = harness.viam.jobs[0]
      harness.viam.deleteJob(handle.reference)
      #expect(try await harness.provider.observe([handle]) == [nil])
      harness.time.advance(by: .seconds(59))
      #expect(try await harness.provider.observe([handle]) == [nil])
      // It shows up again: the grace begins anew.
      harness.viam.add(job)
      #expect(try await harness.provider.observe([handle])[0]?.phase == .pending)
      harness.viam.deleteJob(handle.reference)
      harness.time.advance(by: .seconds(59))
      #expect(try await harness.provider.observe([handle]) == [nil])
      harness.time.advance(by: .seconds(60))
      guard case .lost(let message) = try await harness.provider.observe([handle])[0]?.phase else {
        Issue.record("it is not lost")
        return
      }
      #expect(message.contains(handle.reference))
    }
  }

  @Test func `a job that only a call denies is not lost`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      for _ in 0..<3 {
        harness.viam.trouble("GetTrainingJob", .refuse(.notFound))
        #expect(try await harness.provider.observe([handle])[0]?.phase == .pending)
        harness.time.advance(by: .seconds(100))
      }
    }
  }

  @Test func `a deleted record whose model is there is a success`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed([1, 2, 3])
      harness.viam.deleteJob(handle.reference)
      #expect(try await harness.provider.observe([handle]) == [nil])
      harness.time.advance(by: .seconds(60))
      #expect(try await harness.provider.observe([handle])[0]?.phase == .succeeded)
    }
  }

  @Test func `one call that fails says nothing about the others`() async throws {
    try await ViamHarness.run { harness in
      let handles = try await submit(10, harness)
      for handle in handles.prefix(2) { harness.viam.move(handle.reference, to: .completed) }
      harness.viam.trouble("GetTrainingJob", .refuse(.unknown))
      let seen = try await harness.provider.observe(handles)
      #expect(seen.count { $0 == nil } == 1)
      #expect(seen.count { $0?.phase == .succeeded } == 1)
      #expect(seen.count { $0?.phase == .pending } == 8)
    }
  }

  @Test(arguments: [(0, 0), (7, 7)])
  func `a status that says nothing is no observation`(_ number: Int, _: Int) async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      harness.viam.move(handle.reference, to: FakeViam.Status(rawValue: number) ?? .unspecified)
      #expect(try await harness.provider.observe([handle]) == [nil])
    }
  }

  @Test func `a failure brings the platform's words`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      harness.viam.move(handle.reference, to: .failed, message: "no files in the output directory")
      #expect(
        try await harness.provider.observe([handle])[0]?.phase == .failed(message: "no files in the output directory"))
    }
  }
}
