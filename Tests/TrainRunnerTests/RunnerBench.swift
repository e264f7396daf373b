import Dispatch
import Foundation
import Glibc
import Testing
import TrainCore

@testable import TrainRunner

/// A directory and the real traind-runner over it. Whatever it started is gone with it.
final class RunnerBench: Sendable {
  static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("traind-runner").path

  let directory: String
  let listener: Descriptor
  let client: RunnerClient

  init(_ name: String = "r") throws {
    directory = NSTemporaryDirectory() + "traind-\(name)-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    listener = try UnixSocket.listen(at: directory + "/socket", open: false)
    client = RunnerClient(socket: directory + "/socket")
  }

  deinit {
    for shim in ProcessStat.all() where shim.pid != getpid() {
      let line = (try? String(contentsOfFile: "/proc/\(shim.pid)/cmdline", encoding: .utf8)) ?? ""
      if line.contains(directory + "/jobs/") { kill(shim.pid, SIGKILL) }
    }
    try? FileManager.default.removeItem(atPath: directory)
  }

  var jobs: String { directory + "/jobs" }

  func serve() throws -> RunnerChild {
    try RunnerChild(executable: RunnerBench.executable, listener: listener, directory: jobs)
  }

  /// With a runner for the time of the body, which may block its thread.
  func serving(_ body: () throws -> Void) async throws {
    try await blocking {
      let runner = try serve()
      defer {
        runner.end()
        #expect(runner.wait() == "status 0")
      }
      try body()
    }
  }

  /// Off the threads that all tests share.
  func blocking(_ body: () throws -> Void) async throws {
    try await withTaskExecutorPreference(BlockingThreads.shared) { try body() }
  }

  func request(
    _ key: String, _ script: String, identity: String = "i", intended: Timestamp = WallClock.now,
    environment: [String: String] = [:]
  ) -> JobRequest {
    JobRequest(
      key: key, identity: identity, intended: intended, job: "hat@1.0", attempt: 1, modelName: "hat",
      modelVersion: "1.0", command: ["/bin/sh", "-c", script], directory: nil, environment: environment)
  }

  /// Asks until it is so, or a deadline is over.
  func status(_ key: String, within seconds: Int = 30, until condition: (JobStatus) -> Bool) throws -> JobStatus {
    var last: JobStatus?
    for pause in pauses(seconds) {
      last = try client.status([key])[0]
      if let last, condition(last) { return last }
      poll(nil, 0, pause)
    }
    throw Unmet(what: "\(key): \(String(describing: last))")
  }

  func end(of key: String, within seconds: Int = 30) throws -> JobStatus {
    try status(key, within: seconds) { $0.phase.isFinal }
  }

  /// The text of a file that a real process writes, once it is as wanted.
  @discardableResult
  func text(of path: String, within seconds: Int = 30, until condition: (String) -> Bool) throws -> String {
    var last = ""
    for pause in pauses(seconds) {
      last = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      if condition(last) { return last }
      poll(nil, 0, pause)
    }
    throw Unmet(what: "\(path): \(last)")
  }

  func text(of path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  func record<Record: Decodable>(_ type: Record.Type, of key: String, _ name: String) throws -> Record {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: "\(jobs)/\(key)/\(name)")))
  }

  func log(_ key: String) throws -> String {
    String(decoding: try client.logs(key, offset: 0, limit: 1 << 20).bytes, as: UTF8.self)
  }

  /// Milliseconds to wait between looks at something outside of this process; they end at the deadline.
  private func pauses(_ seconds: Int) -> AnySequence<Int32> {
    let deadline = Deadline(after: .seconds(seconds))
    return AnySequence(sequence(first: 5) { deadline.hasPassed ? nil : min($0 * 2, 100) })
  }

  struct Unmet: Error { var what: String }
}

/// Threads for what waits for real processes.
final class BlockingThreads: TaskExecutor {
  static let shared = BlockingThreads()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    DispatchQueue(label: "tests.blocking").async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
