import Synchronization
import TrainCore
import TrainProviders
import TrainTestKit
import TrainTransport
import ViamAPI

/// A provider and the Viam in this process that it talks to.
struct ViamHarness: Sendable {
  let viam: FakeViam
  let time: SteppedTime
  let viamProvider: ViamProvider
  let endpoint: String

  static func config(_ endpoint: String) -> ConnectionConfig {
    ConnectionConfig(
      name: "viam", kind: "viam",
      settings: [
        "organization": .string(FakeViam.organization), "api_key_id": .string(FakeViam.keyID),
        "api_key": ["env": "KEY"], "endpoint": .string(endpoint),
      ])
  }

  static func run(
    _ body: @Sendable (ViamHarness) async throws -> Void
  ) async throws {
    let time = SteppedTime()
    let viam = FakeViam(time: time)
    try await viam.serve { endpoint in
      let provider = try ViamProvider(
        config(endpoint), secrets: SecretResolver(credentialsDirectory: nil, environment: ["KEY": "secret-key"]),
        proxies: .none, time: time)
      do {
        try await body(ViamHarness(viam: viam, time: time, viamProvider: provider, endpoint: endpoint))
      } catch {
        await provider.shutdown()
        throw error
      }
      await provider.shutdown()
    }
  }

  /// Waits until Viam was called; fails the test instead of hanging.
  func called(_ method: String) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while viam.calls(of: method) == 0 {
      guard ContinuousClock.now < end else { throw Silence(method: method) }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  struct Silence: Error {
    var method: String
  }

  func standard(_ name: String = "hardhat", version: String = "1.4.0") -> Submission {
    Submission(
      job: JobID(spec: name, version: version), attempt: 1, modelName: name, modelVersion: version,
      train: ["dataset": "66491a0666a6c8aa4a33e43e", "type": "object-detection", "tags": ["hardhat", "person"]],
      identity: "", intended: time.now)
  }

  func script(_ name: String = "custom", version: String = "1.4.0", epochs: Int64 = 10) -> Submission {
    Submission(
      job: JobID(spec: name, version: version), attempt: 1, modelName: name, modelVersion: version,
      train: [
        "dataset": "66491a0666a6c8aa4a33e43e",
        "script": [
          "item": "acme:detector", "version": "3", "container": "tf:2.16", "arguments": ["epochs": .int(epochs)],
        ],
      ],
      identity: "", intended: time.now)
  }

  /// Submits it and ends it well.
  func completed(_ bytes: [UInt8], _ name: String = "hardhat") async throws -> ProviderHandle {
    let handle = try await viamProvider.submit(standard(name))
    viam.move(handle.reference, to: .completed, archive: bytes)
    return handle
  }
}

extension ViamHarness: ProviderHarness {
  var provider: any Provider { viamProvider }

  func spec() -> JobSpec {
    JobSpec(
      name: "hardhat", provider: "viam", modelName: "hardhat", version: .fixed("1.4.0"), train: standard().train,
      written: .empty)
  }

  func submission(_ name: String, variant: Int) -> Submission {
    variant == 1 ? script(name) : script(name, epochs: Int64(variant))
  }

  func started() async throws -> Int { viam.jobs.count }
  func loseNextSubmit() async throws { viam.trouble("SubmitCustomTrainingJob", .lose(.unavailable)) }
  func cut() async throws { viam.setCut(true) }
  func restore() async throws { viam.setCut(false) }

  func begin(_ handle: ProviderHandle, printing line: String) async throws {
    viam.log(handle.reference, [line])
    viam.move(handle.reference, to: .inProgress)
  }

  func succeed(_ handle: ProviderHandle, with bytes: [UInt8]) async throws {
    viam.move(handle.reference, to: .completed, archive: bytes)
  }

  func fail(_ handle: ProviderHandle) async throws {
    viam.move(handle.reference, to: .failed, message: "training script exited with status 1")
  }

  func settleStop(_ handle: ProviderHandle) async throws { viam.move(handle.reference, to: .canceled) }
  func pause() async throws {}
}

/// The fault that `work` throws; `nil` when it throws none.
func thrown<Answer>(of work: () async throws(Fault) -> Answer) async -> Fault? {
  do throws(Fault) {
    _ = try await work()
    return nil
  } catch {
    return error
  }
}
