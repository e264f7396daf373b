import Glibc
import Testing
import TrainCore
import TrainProviders
import TrainTestKit
import TrainTransport

@Suite struct ViamAuthTests {
  @Test func `a token is fetched once for all who wait, without a token`() async throws {
    try await ViamHarness.run { harness in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<20 {
          group.addTask { _ = try await harness.provider.find([harness.standard("model-\(index)")]) }
        }
        try await group.waitForAll()
      }
      #expect(harness.viam.calls(of: "Authenticate") == 1)
      #expect(harness.viam.calls.filter { $0.method == "Authenticate" }.allSatisfy { $0.authorization.isEmpty })
      #expect(harness.viam.calls.filter { $0.method != "Authenticate" }.allSatisfy { $0.authorization.count == 1 })
    }
  }

  @Test(arguments: [FakeViam.Code.unauthenticated, .permissionDenied])
  func `a refused token is renewed once and the call made again`(_ code: FakeViam.Code) async throws {
    try await ViamHarness.run { harness in
      _ = try await harness.provider.find([harness.standard()])
      harness.viam.trouble("SubmitTrainingJob", .refuse(code))
      _ = try await harness.provider.submit(harness.standard())
      #expect(harness.viam.jobs.count == 1)
      #expect(harness.viam.calls(of: "Authenticate") == 2)
    }
  }

  @Test func `whoever is cancelled does not wait for a token that never comes`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.trouble("Authenticate", .hang)
      let asking = Task { await thrown { () throws(Fault) in try await harness.provider.find([harness.standard()]) } }
      try await harness.called("Authenticate")
      let began = ContinuousClock.now
      asking.cancel()
      #expect(await asking.value?.code == .interrupted)
      #expect(ContinuousClock.now - began < .seconds(10), "the call's own deadline is 15 s")
      // Nobody waits for that one any more: the next who asks is given another.
      _ = try await harness.provider.find([harness.standard()])
      #expect(harness.viam.calls(of: "Authenticate") == 2)
    }
  }

  @Test func `revoked tokens are renewed for all with few calls`() async throws {
    try await ViamHarness.run { harness in
      _ = try await harness.provider.find([harness.standard()])
      harness.viam.revokeTokens()
      harness.viam.forgetCalls()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<20 {
          group.addTask { _ = try await harness.provider.find([harness.standard("model-\(index)")]) }
        }
        try await group.waitForAll()
      }
      #expect(harness.viam.calls(of: "Authenticate") == 1)
    }
  }

  @Test func `a refusal that lasts is unauthorized for good, after one renewal`() async throws {
    try await ViamHarness.run { harness in
      let refusals = Array(repeating: FakeViam.Trouble.refuse(.permissionDenied, "not an owner"), count: 4)
      for refusal in refusals { harness.viam.trouble("SubmitTrainingJob", refusal) }
      let fault = await thrown { () throws(Fault) in try await harness.provider.submit(harness.standard()) }
      #expect(fault?.code == .unauthorized)
      #expect(fault?.isPermanent == true)
      #expect(harness.viam.calls(of: "SubmitTrainingJob") == 2)
      #expect(harness.viam.calls(of: "Authenticate") == 2)
    }
  }

  @Test func `a token that names its end is renewed before`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.setTokenLife(3600)
      _ = try await harness.provider.find([harness.standard()])
      harness.time.advance(by: .seconds(3539))
      _ = try await harness.provider.find([harness.standard()])
      #expect(harness.viam.calls(of: "Authenticate") == 1)
      harness.time.advance(by: .seconds(1))
      _ = try await harness.provider.find([harness.standard()])
      #expect(harness.viam.calls(of: "Authenticate") == 2)
    }
  }

  @Test func `a bad key is unauthorized, had no effect and is not repeated`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.setKey("another")
      let fault = await thrown { () throws(Fault) in try await harness.provider.submit(harness.standard()) }
      #expect(fault?.code == .unauthorized)
      #expect(fault?.isPermanent == true)
      #expect(fault?.effect == Fault.Effect.none)
      // The far side's text repeats the key.
      #expect(fault?.message.contains("secret-key") == false)
      #expect(fault?.message.contains("<redacted>") == true)
    }
  }

  @Test func `a failing authentication says that nothing was submitted`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.trouble("Authenticate", .refuse(.unavailable))
      let fault = await thrown { () throws(Fault) in try await harness.provider.submit(harness.standard()) }
      #expect(fault?.isPermanent == false)
      #expect(fault?.effect == Fault.Effect.none)
      _ = try await harness.provider.submit(harness.standard())
    }
  }

  @Test func `a key file is read again after a refusal`() async throws {
    let path = "/tmp/traind-viam-key-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    @Sendable func write(_ text: String) throws {
      let file = try #require(fopen(path, "w"))
      fputs(text, file)
      fclose(file)
      chmod(path, 0o600)
    }
    try write("secret-key\n")
    defer { unlink(path) }
    let time = SteppedTime()
    let viam = FakeViam(time: time)
    try await viam.serve { endpoint in
      var config = ViamHarness.config(endpoint)
      config.settings["api_key"] = ["file": .string(path)]
      let provider = try ViamProvider(
        config, secrets: SecretResolver(credentialsDirectory: nil), proxies: .none, time: time)
      _ = try await provider.find([])
      _ = try await provider.platform?.list(status: nil)
      viam.setKey("rotated")
      viam.revokeTokens()
      try write("rotated\n")
      _ = try await provider.platform?.list(status: nil)
      await provider.shutdown()
    }
    #expect(viam.calls(of: "Authenticate") == 3)
  }
}
