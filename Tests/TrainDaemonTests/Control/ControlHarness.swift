import Foundation
import Logging
import Synchronization
import TrainControl
import TrainCore
import TrainDaemon

/// A control server on a socket of its own, and what tests do with it.
struct ControlHarness: Sendable {
  var daemon: ScriptedDaemon
  var directory: String
  var socket: String

  static let access = AccessRules(ownUID: geteuid(), operators: nil, observers: nil)

  static func with<Result: Sendable>(
    _ state: ScriptedDaemon.State = .init(), limits: ControlLimits = ControlLimits(), access: AccessRules = access,
    _ body: @Sendable (ControlHarness) async throws -> Result
  ) async throws -> Result {
    let directory = "/tmp/traind-control-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let harness = ControlHarness(
      daemon: ScriptedDaemon(state), directory: directory, socket: "\(directory)/control.sock")
    return try await harness.serving(limits: limits, access: access) { try await body(harness) }
  }

  /// Serves while `body` runs; may be called again: the daemon was restarted.
  func serving<Result: Sendable>(
    limits: ControlLimits = ControlLimits(), access: AccessRules = ControlHarness.access,
    listening: ControlListening? = nil, _ body: @Sendable () async throws -> Result
  ) async throws -> Result {
    let (ready, isReady) = AsyncStream<Void>.makeStream()
    let server = ControlServer(
      operations: daemon, listening: listening ?? .path(socket), access: access, limits: limits,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { isReady.finish() }
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { isReady.finish() }
        try await server.run()
      }
      for await _ in ready {}
      let result = try await body()
      tasks.cancelAll()
      try await tasks.waitForAll()
      return result
    }
  }

  var client: ControlClient { ControlClient(path: socket, timeout: .seconds(20)) }

  /// Blocking work must not take the few threads that the server runs on.
  static func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Swift.Result { try work() }) }.start()
    }
  }

  func get(_ path: String, _ query: [(String, String?)] = []) async throws -> JSON {
    let client = client
    return try await Self.blocking { try client.get(path, query).json() }
  }

  func post(_ path: String, _ query: [(String, String?)] = [], body: String = "") async throws -> JSON {
    let client = client
    return try await Self.blocking {
      try client.post(path, query, Array(body.utf8), contentType: "application/json").json()
    }
  }

  /// What the server answers to these bytes, until it closes.
  func raw(_ bytes: [UInt8], halfClose: Bool = true) async throws -> String {
    let path = socket
    return try await Self.blocking {
      let peer = try RawPeer(path)
      peer.send(bytes)
      if halfClose { peer.endSending() }
      return String(decoding: peer.receiveAll(), as: UTF8.self)
    }
  }

  func raw(_ text: String, halfClose: Bool = true) async throws -> String {
    try await raw(Array(text.utf8), halfClose: halfClose)
  }

  /// Waits for what the server does on its own; fails the test instead of hanging.
  static func eventually(_ condition: @Sendable () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while !condition() {
      guard ContinuousClock.now < end else { throw Late() }
      await Task.yield()
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  struct Late: Error {}
}
