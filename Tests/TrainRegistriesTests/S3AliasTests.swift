import Testing
import TrainCore
import TrainTestKit
import TrainTransport

@testable import TrainRegistries

@Suite struct `An alias in S3` {
  private static let key = "hat/_aliases/production.json"
  private static let theirs = "s3://models/hat/theirs"

  /// Two versions, the alias at the first of them.
  private func with<Answer: Sendable>(
    _ server: S3Server = S3Server(), through gate: FaultGate = FaultGate(),
    _ work: @Sendable (S3Registry, Release, _ first: RemoteVersion, _ second: RemoteVersion) async throws -> Answer
  ) async throws -> Answer {
    try await TemporaryDirectory.with { directory in
      try await server.serve(through: gate) { endpoint in
        let registry = try S3Harness(server: server, endpoint: endpoint).make()
        let release = try SampleRelease.make(["m": [1]], in: directory)
        let next = try SampleRelease.make(
          ["m": [1]], in: directory, job: JobID(spec: "hat", version: "2.0.0"), version: "2.0.0")
        do {
          let first = try await Publisher(registry).publish(release).version
          let second = try await Publisher(registry).publish(next).version
          _ = try await Promoter(registry).move("production", to: first, for: release)
          let answer = try await work(registry, next, first, second)
          await registry.shutdown()
          return answer
        } catch {
          await registry.shutdown()
          throw error
        }
      }
    }
  }

  private static func move(_ server: S3Server) async {
    let alias: JSON = ["id": .string(theirs)]
    await server.put(key, Array(alias.canonical.utf8))
  }

  @Test func `is an object that says which version it means, and what it meant before`() async throws {
    let server = S3Server()
    try await with(server) { (registry, release, first, second) async throws -> Void in
      _ = try await Promoter(registry).move("production", to: second, for: release)
      let object = try #require(await server.allObjects[Self.key])
      let json = try #require(JSON(parsing: String(decoding: object.bytes, as: UTF8.self)))
      #expect(json["id"] == .string(second.id) && json["version"] == "2.0.0")
      #expect(json["replaced"] == .string(first.id))
    }
  }

  @Test func `that somebody else moves at any moment of our move stays there, or is what we replaced`() async throws {
    let clean = FaultGate()
    let start = try await with(through: clean) { (registry, release, _, second) async throws -> Int in
      let start = await clean.requests.count
      _ = try await Promoter(registry).move("production", to: second, for: release)
      return start
    }
    let end = await clean.requests.count
    #expect(end - start >= 4)
    for number in start..<end {
      let server = S3Server()
      let gate = FaultGate([number: .after { await Self.move(server) }])
      try await with(server, through: gate) { (registry, release, _, second) async throws -> Void in
        switch await result(of: { () async throws(Fault) in
          try await Promoter(registry).move("production", to: second, for: release)
        }) {
        case .success(let outcome):
          // It happened before the move was decided.
          #expect(outcome.replaced?.id == Self.theirs, "before request \(number)")
        case .failure(let fault):
          #expect(fault.code == .alreadyExists, "before request \(number): \(fault)")
          let target = try await registry.target(of: "production", for: release)
          #expect(target?.id == Self.theirs)
        }
      }
    }
  }

  private func result<Answer>(of work: () async throws(Fault) -> Answer) async -> Result<Answer, Fault> {
    do throws(Fault) { return .success(try await work()) } catch { return .failure(error) }
  }

  @Test func `is moved where ETags are compared without their quotes`() async throws {
    let server = S3Server()
    await server.compareBareETags()
    try await with(server) { (registry, release, first, second) async throws -> Void in
      let outcome = try await Promoter(registry).move("production", to: second, for: release)
      #expect(outcome.faults.isEmpty && outcome.replaced?.id == first.id)
      await Self.move(server)
      await #expect(throws: Fault.self) {
        try await registry.point("production", at: first, from: second, for: release)
      }
      #expect(try await registry.target(of: "production", for: release)?.id == Self.theirs)
    }
  }

  @Test func `is left where it is, and that is said, where no condition is known`() async throws {
    let server = S3Server()
    try await with(server) { (registry, release, first, second) async throws -> Void in
      await server.set(condition: .notImplemented)
      let fault = await #expect(throws: Fault.self) {
        try await Promoter(registry).move("production", to: second, for: release)
      }
      #expect(fault?.code == .unsupported && fault?.isPermanent == true)
      #expect(fault?.message.contains("If-Match") == true)
      #expect(fault?.hint?.contains("promote:") == true)
      #expect(try await registry.target(of: "production", for: release) == first)
    }
  }

  @Test func `is not put into the place of something else, nor at a version that is gone`() async throws {
    let server = S3Server()
    try await with(server) { (registry, release, first, _) async throws -> Void in
      let gone = RemoteVersion(id: "s3://models/hat/0.9")
      let fault = await #expect(throws: Fault.self) {
        try await registry.point("production", at: gone, from: first, for: release)
      }
      #expect(fault?.code == .notFound && fault?.isPermanent == true)
      await server.put(Self.key, Array("notes".utf8))
      let other = await #expect(throws: Fault.self) { try await registry.target(of: "production", for: release) }
      #expect(other?.code == .rejected)
    }
  }
}
