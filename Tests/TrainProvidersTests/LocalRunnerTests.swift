import Foundation
import Glibc
import Testing
import TrainCore
import TrainProviders

@Suite struct LocalRunnerTests {
  @Test func `calls before the runner is up wait for it`() async throws {
    let bench = try LocalBench()
    let submitting = Task { try await bench.provider.submit(bench.submission("true")) }
    try await bench.serving {
      let observation = try await bench.observe(submitting.value)
      #expect(observation.phase == .succeeded)
    }
  }

  @Test func `a runner that dies is started again and its job is still there`() async throws {
    let bench = try LocalBench()
    _ = mkfifo(bench.directory + "/go", 0o600)
    try await bench.serving {
      let handle = try await bench.provider.submit(
        bench.submission("cat '\(bench.directory)/go'; echo x > $TRAIND_OUTPUT/x"))
      _ = try await bench.observe(handle) { $0.phase == .running }
      let first = try #require(runner(of: bench))
      kill(first, SIGKILL)
      #expect(try await bench.observe(handle) { $0.phase == .running }.hasRun)
      #expect(runner(of: bench) != first)
      try Data().write(to: URL(fileURLWithPath: bench.directory + "/go"))
      #expect(try await bench.observe(handle).phase == .succeeded)
    }
    #expect(runner(of: bench) == nil)
  }

  @Test func `a shutdown leaves jobs alone and the next daemon finds them`() async throws {
    let bench = try LocalBench()
    _ = mkfifo(bench.directory + "/go", 0o600)
    var handle = ProviderHandle(reference: "")
    try await bench.serving {
      handle = try await bench.provider.submit(bench.submission("cat '\(bench.directory)/go'; exit 6"))
      _ = try await bench.observe(handle) { $0.phase == .running }
    }
    #expect(runner(of: bench) == nil)
    try Data().write(to: URL(fileURLWithPath: bench.directory + "/go"))
    let next = try LocalRunner(
      executable: LocalBench.executable, socket: bench.directory + "/runner.sock",
      directory: bench.directory + "/runner", time: bench.time)
    let provider = LocalProvider(runner: next.access, time: bench.time)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await next.run() }
      defer { next.shutdown() }
      for pause in LocalBench.pauses() {
        if let observation = try await provider.observe([handle])[0], LocalBench.isOver(observation) {
          #expect(observation.phase == .failed(message: "the command ended with status 6; it wrote nothing"))
          return
        }
        try await Task.sleep(for: pause)
      }
      throw LocalBench.Unmet(what: "the end of \(handle.reference)")
    }
  }

  @Test func `a runner that can't be started is said to be missing`() async throws {
    let bench = try LocalBench(executable: "/no/such/traind-runner")
    try await bench.serving {
      let access = bench.runner.access
      for pause in LocalBench.pauses() {
        if access.trouble() != nil { break }
        try await Task.sleep(for: pause)
      }
      let fault = await #expect(throws: Fault.self) { try await bench.provider.find([bench.submission("true")]) }
      #expect(fault?.message.contains("/no/such/traind-runner") == true)
      #expect(fault?.code == .unavailable && fault?.effect == Fault.Effect.none)
    }
  }

  /// The traind-runner that serves the bench.
  private func runner(of bench: LocalBench) -> Int32? {
    let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }) ?? []
    return pids.first { pid in
      let line = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
      return line.contains("serve\0") && line.contains(bench.directory + "/runner\0")
    }
  }
}
