import Foundation
import Testing
import TrainCore
import TrainProviders
import TrainRunner
import TrainTestKit

@Suite struct LocalConformanceTests {
  @Test(arguments: ProviderConformance.promises)
  func `the local provider keeps the port's promise`(_ promise: ProviderConformance.Promise) async throws {
    let bench = try LocalBench()
    try await bench.serving { try await promise.check(LocalHarness(bench)) }
  }
}

/// Commands that do as the files beside them say.
private struct LocalHarness: ProviderHarness {
  private static let script = """
    i="$CONTROL/$TRAIND_JOB"
    until [ -e "$i.begin" ]; do sleep 0.02; done
    cat "$i.begin"; touch "$i.begun"
    until [ -e "$i.end" ]; do sleep 0.02; done
    [ -e "$i.bytes" ] && cat "$i.bytes" > "$TRAIND_OUTPUT/model"
    """

  private let bench: LocalBench
  private let gate: LocalGate
  let provider: any Provider

  init(_ bench: LocalBench) throws {
    self.bench = bench
    gate = try LocalGate(socket: bench.directory + "/gate.sock", runner: bench.runner.access.socket)
    provider = LocalProvider(runner: RunnerAccess(socket: gate.socket), time: bench.time)
  }

  func spec() -> JobSpec {
    JobSpec(
      name: "a", provider: "here", modelName: "a", version: .fixed("1.0"), train: train, written: .empty)
  }

  private var train: JSON {
    ["command": ["/bin/sh", "-c", .string(LocalHarness.script)], "environment": ["CONTROL": .string(bench.directory)]]
  }

  func submission(_ name: String, variant: Int) -> Submission {
    Submission(
      job: JobID(spec: name, version: "1.0"), attempt: 1, modelName: name, modelVersion: "1.0", train: train,
      identity: "identity \(variant)", intended: bench.time.now)
  }

  func started() async throws -> Int { try await bench.provider.platform?.list(status: nil).count ?? 0 }
  func loseNextSubmit() async throws { gate.loseNextStart() }
  func cut() async throws { gate.close() }
  func restore() async throws { try gate.open() }

  func begin(_ handle: ProviderHandle, printing line: String) async throws {
    try tell(handle, "begin", Array("\(line)\n".utf8))
    for pause in LocalBench.pauses() {
      if FileManager.default.fileExists(atPath: path(handle, "begun")) { return }
      try await Task.sleep(for: pause)
    }
    throw LocalBench.Unmet(what: "the beginning of \(handle.reference)")
  }

  func succeed(_ handle: ProviderHandle, with bytes: [UInt8]) async throws {
    try tell(handle, "bytes", bytes)
    try tell(handle, "end", [])
  }

  func fail(_ handle: ProviderHandle) async throws { try tell(handle, "end", []) }
  func settleStop(_ handle: ProviderHandle) async throws {}
  func pause() async throws { try await Task.sleep(for: .milliseconds(20)) }

  private func tell(_ handle: ProviderHandle, _ word: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path(handle, word)), options: .atomic)
  }

  private func path(_ handle: ProviderHandle, _ word: String) -> String {
    "\(bench.directory)/\(handle.reference.dropLast(2)).\(word)"
  }
}
