import Foundation
import Glibc
import Synchronization
import Testing
import TrainCore
import TrainProviders

/// The local provider over a real traind-runner, in a directory of its own.
final class LocalBench: Sendable {
  static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("traind-runner").path

  let directory: String
  let time = RunnerTime()
  let runner: LocalRunner
  let provider: LocalProvider
  let reports = Mutex<[String]>([])

  init(executable: String = LocalBench.executable) throws {
    directory = NSTemporaryDirectory() + "traind-local-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    runner = try LocalRunner(
      executable: executable, socket: directory + "/runner.sock", directory: directory + "/runner", time: time)
    provider = LocalProvider(runner: runner.access, time: time)
  }

  deinit {
    // Whatever still runs here.
    for pid in (try? FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap({ Int32($0) })) ?? [] {
      let line = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
      if pid != getpid() && line.contains(directory + "/") { kill(pid, SIGKILL) }
    }
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// With a runner for the time of the body; it has ended when this returns.
  func serving(_ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await self.runner.run() }
      defer { runner.shutdown() }
      try await body()
    }
  }

  func submission(
    _ script: String, version: String = "1.0", attempt: Int = 1, identity: String = "i", intended: Timestamp? = nil
  ) -> Submission {
    Submission(
      job: JobID(spec: "hat", version: version), attempt: attempt, modelName: "hat",
      modelVersion: Submission.remoteVersion(version, attempt: attempt),
      train: ["command": ["/bin/sh", "-c", .string(script)]], identity: identity, intended: intended ?? time.now)
  }

  /// Asks until the phase is as wanted, or a deadline is over.
  func observe(
    _ handle: ProviderHandle, until condition: (Observation) -> Bool = LocalBench.isOver
  ) async throws -> Observation {
    var last: Observation?
    for pause in LocalBench.pauses() {
      last = try await provider.observe([handle])[0]
      if let last, condition(last) { return last }
      try await Task.sleep(for: pause)
    }
    throw Unmet(what: "\(handle.reference): \(String(describing: last))")
  }

  static func isOver(_ observation: Observation) -> Bool {
    switch observation.phase {
    case .pending, .running, .stopping: false
    case .succeeded, .failed, .cancelled, .lost: true
    }
  }

  /// How long to wait between looks at something outside of this process; they end after half a minute.
  static func pauses() -> AnySequence<Duration> {
    let end = ContinuousClock.now + .seconds(30)
    return AnySequence(
      sequence(first: .milliseconds(5)) { ContinuousClock.now > end ? nil : min($0 * 2, .milliseconds(100)) })
  }

  struct Unmet: Error { var what: String }
}

/// The real wall clock, which the runner shares, and a monotonic one that a test moves.
final class RunnerTime: TimeSource {
  private let elapsed = Mutex(Duration.zero)

  var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
  var monotonic: Duration { elapsed.withLock { $0 } }
  /// Nothing here is worth waiting for; whoever sleeps lets others run.
  func sleep(until deadline: Duration) async throws {
    elapsed.withLock { $0 = max($0, deadline) }
    try await Task.sleep(for: .milliseconds(1))
  }
  func advance(by duration: Duration) { elapsed.withLock { $0 += duration } }
}

/// Keeps files in memory, as the spool does on the disk.
final class HeldFiles: ArtifactSink {
  struct Held: Sendable {
    var tag: String
    var bytes: [UInt8] = []
    var isFinished = false
  }
  let files = Mutex<[String: Held]>([:])
  /// Throws once this many bytes of a file were written.
  let breaksAt: Int?

  init(breaksAt: Int? = nil, files: [String: Held] = [:]) {
    self.breaksAt = breaksAt
    self.files.withLock { $0 = files }
  }

  func open(_ path: String, tag: String, total: Int64?) async throws(Fault) -> Int64 {
    files.withLock { files in
      if files[path]?.tag != tag { files[path] = Held(tag: tag) }
      return Int64(files[path]?.bytes.count ?? 0)
    }
  }
  func write(_ bytes: [UInt8], to path: String) async throws(Fault) {
    let count = files.withLock { files in
      files[path]?.bytes += bytes
      return files[path]?.bytes.count ?? 0
    }
    if let breaksAt, count >= breaksAt { throw .transient(.io, "the sink broke") }
  }
  func finish(_ path: String) async throws(Fault) -> FileDigests {
    files.withLock { $0[path]?.isFinished = true }
    return FileDigests(sha256: "", md5: "", crc32c: 0, crc32: 0)
  }
  func discard(_ path: String) async throws(Fault) { files.withLock { $0[path] = nil } }
  var held: [String: Held] { files.withLock { $0 } }
}
