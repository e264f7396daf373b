import Testing
import TrainCore
import TrainProviders
import TrainTestKit
import TrainTransport
import ViamAPI

@Suite struct ViamFaultTests {
  struct Expectation: Sendable, CustomStringConvertible {
    var code: FakeViam.Code
    var text = "scripted"
    var fault: Fault.Code
    var permanent: Bool
    var description: String { "\(code) \(text)" }
  }

  static let table: [Expectation] =
    [
      .init(code: .unavailable, fault: .unavailable, permanent: false),
      .init(code: .deadlineExceeded, fault: .timeout, permanent: false),
      .init(code: .aborted, fault: .unavailable, permanent: false),
      .init(code: .unknown, fault: .unavailable, permanent: false),
      .init(code: .internalError, fault: .unavailable, permanent: false),
      .init(code: .dataLoss, fault: .unavailable, permanent: false),
      .init(code: .cancelled, fault: .unavailable, permanent: false),
      .init(code: .resourceExhausted, text: "slow down", fault: .throttled, permanent: false),
      .init(
        code: .resourceExhausted, text: "grpc: received message larger than max (2 vs. 1)", fault: .rejected,
        permanent: true),
      .init(code: .invalidArgument, fault: .rejected, permanent: true),
      .init(code: .failedPrecondition, fault: .rejected, permanent: true),
      .init(code: .outOfRange, fault: .rejected, permanent: true),
      .init(code: .unimplemented, fault: .rejected, permanent: true),
      .init(code: .notFound, fault: .notFound, permanent: true),
      // Taken, but by nothing that is listed: it is asked again.
      .init(code: .alreadyExists, fault: .alreadyExists, permanent: false),
    ]

  @Test(arguments: table)
  func `a status is the fault that says what to do`(_ expected: Expectation) async throws {
    try await ViamHarness.run { harness in
      harness.viam.trouble("SubmitTrainingJob", .refuse(expected.code, expected.text))
      let fault = await thrown { () throws(Fault) in try await harness.provider.submit(harness.standard()) }
      #expect(fault?.code == expected.fault)
      #expect(fault?.isPermanent == expected.permanent)
      #expect(fault?.effect == (expected.permanent ? Fault.Effect.none : .unknown))
      #expect(fault?.message.contains("hardhat@1.4.0") == true)
      #expect(harness.viam.calls(of: "SubmitTrainingJob") == 1, "a provider tries once")
    }
  }

  @Test func `a refused connection has no effect`() async throws {
    // A port that was just given up.
    let gone = Mutexed("")
    try await FakeViam(time: SteppedTime()).serve { gone.value = $0 }
    let provider = try ViamProvider(
      ViamHarness.config(gone.value),
      secrets: SecretResolver(credentialsDirectory: nil, environment: ["KEY": "secret-key"]), proxies: .none,
      time: SteppedTime())
    let submission = Submission(
      job: JobID("a@1"), attempt: 1, modelName: "a", modelVersion: "1",
      train: ["dataset": "d", "type": "object-detection", "tags": ["a"]], identity: "", intended: SteppedTime().now)
    let fault = await thrown { () throws(Fault) in try await provider.submit(submission) }
    #expect(fault?.code == .unavailable)
    #expect(fault?.isPermanent == false)
    #expect(fault?.effect == Fault.Effect.none)
    await provider.shutdown()
  }

  @Test func `a call that is never answered ends at its deadline, its effect unknown`() async throws {
    try await ViamHarness.run { harness in
      let connection = try GRPCConnection(endpoint: GRPCEndpoint(harness.endpoint))
      _ = try? await connection.call(.viamGetJob, "connecting", deadline: .seconds(15)) { client, metadata, options in
        try await Proto_Rpc_V1_AuthService.Client(wrapping: client)
          .authenticate(.init(), metadata: metadata, options: options)
      }
      harness.viam.trouble("Authenticate", .hang)
      do throws(FailedCall) {
        _ = try await connection.call(.viamGetJob, "asking", deadline: .milliseconds(300)) {
          client, metadata, options in
          try await Proto_Rpc_V1_AuthService.Client(wrapping: client)
            .authenticate(.init(), metadata: metadata, options: options)
        }
        Issue.record("it was answered")
      } catch {
        #expect(error.fault.code == .timeout)
        #expect(!error.fault.isPermanent)
        #expect(error.fault.effect == .unknown)
      }
      await connection.shutdown()
    }
  }

  @Test func `every call carries a deadline, lists a longer one`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.provider.submit(harness.standard())
      _ = try await harness.provider.observe([handle])
      _ = try await harness.provider.find([harness.standard()])
      let calls = harness.viam.calls
      #expect(calls.allSatisfy { $0.timeout != nil })
    }
  }

  @Test func `a cancelled task is an interruption`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.trouble("ListTrainingJobs", .hang)
      let task = Task { await thrown { () throws(Fault) in try await harness.provider.find([harness.standard()]) } }
      try await harness.called("ListTrainingJobs")
      task.cancel()
      let fault = await task.value
      #expect(fault?.code == .interrupted)
      #expect(fault?.isPermanent == false)
    }
  }

  @Test func `shutdown ends a call that waits`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.trouble("ListTrainingJobs", .hang)
      async let waiting = thrown { () throws(Fault) in try await harness.provider.find([harness.standard()]) }
      try await harness.called("ListTrainingJobs")
      await harness.viamProvider.shutdown()
      await harness.viamProvider.shutdown()
      let fault = await waiting
      #expect(fault?.code == .interrupted)
      #expect(fault?.isPermanent == false)
    }
  }

  @Test func `after shutdown nothing is called`() async throws {
    try await ViamHarness.run { harness in
      await harness.viamProvider.shutdown()
      let fault = await thrown { () throws(Fault) in try await harness.provider.submit(harness.standard()) }
      #expect(fault?.code == .interrupted)
      #expect(fault?.effect == Fault.Effect.none)
      #expect(harness.viam.calls.isEmpty)
    }
  }

  @Test(arguments: [
    "app.viam.com", "ftp://a", "https://user:s3cret@a", "https://a/path", "https://a:99999999", "https://",
  ])
  func `an endpoint that cannot work is refused`(_ text: String) async throws {
    let fault = await thrown { () throws(Fault) in try GRPCEndpoint(text) }
    #expect(fault?.code == .rejected)
    #expect(fault?.description.contains("s3cret") == false)
  }

  @Test(arguments: [
    ("https://app.viam.com", "https://app.viam.com"), ("https://app.viam.com/", "https://app.viam.com"),
    ("https://a:8443", "https://a:8443"), ("http://127.0.0.1:50551", "http://127.0.0.1:50551"),
    ("http://[::1]:1", "http://[::1]:1"),
  ])
  func `an endpoint says where and how`(_ text: String, _ shown: String) throws {
    let endpoint = try GRPCEndpoint(text)
    #expect("\(endpoint)" == shown)
    #expect(endpoint.isPlaintext == text.hasPrefix("http:"))
  }

  @Test func `a connection without a key is refused by name`() async throws {
    for missing in ["organization", "api_key_id", "api_key"] {
      var config = ViamHarness.config("http://127.0.0.1:1")
      config.settings[missing] = nil
      let fault = await thrown { () throws(Fault) in
        try ViamProvider(
          config, secrets: SecretResolver(credentialsDirectory: nil, environment: ["KEY": "k"]), proxies: .none,
          time: SteppedTime())
      }
      #expect(fault?.message.contains(missing) == true)
    }
  }
}
