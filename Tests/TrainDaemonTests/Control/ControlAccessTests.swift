import Foundation
import Testing
import TrainControl
import TrainCore

@testable import TrainDaemon

@Suite struct ControlAccessTests {
  private static let rules = AccessRules(ownUID: 990, operators: 991, observers: 992)

  @Test func `rights follow user and groups`() {
    let rules = Self.rules
    #expect(rules.rank(of: Peer(uid: 0, groups: [0])) == .operator)
    #expect(rules.rank(of: Peer(uid: 990, groups: [])) == .operator)
    #expect(rules.rank(of: Peer(uid: 1000, groups: [1000, 991])) == .operator)
    #expect(rules.rank(of: Peer(uid: 1000, groups: [1000, 992])) == .observer)
    #expect(rules.rank(of: Peer(uid: 1000, groups: [1000])) == .nobody)
  }

  @Test func `a group that does not exist gives nobody rights`() {
    let rules = AccessRules(ownUID: 990, operators: nil, observers: nil)
    #expect(rules.rank(of: Peer(uid: .max, groups: [.max, 0])) == .nobody)
  }

  @Test func `the socket is open to all and a stale one is replaced`() async throws {
    try await ControlHarness.with { harness async throws in
      let mode = try FileManager.default.attributesOfItem(atPath: harness.socket)[.posixPermissions] as? Int
      #expect(mode == 0o666)
    }
  }

  @Test func `a stale socket is replaced, a file is not`() async throws {
    let path = "/tmp/traind-stale-\(UUID().uuidString.prefix(8)).sock"
    defer { unlink(path) }
    let first = try ListeningSocket(.path(path))
    close(first.descriptor)
    let second = try ListeningSocket(.path(path))
    close(second.descriptor)
    second.removeFile()
    #expect(!FileManager.default.fileExists(atPath: path))
    _ = FileManager.default.createFile(atPath: path, contents: Data("precious".utf8))
    let error = #expect(throws: ControlError.self) { try ListeningSocket(.path(path)) }
    #expect(error?.why.contains("not a socket") == true)
    #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
  }

  @Test func `an inherited socket is taken over`() async throws {
    let directory = "/tmp/traind-inherit-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let inherited = try ListeningSocket(.path("\(directory)/control.sock"))
    let harness = ControlHarness(
      daemon: ScriptedDaemon(), directory: directory, socket: "\(directory)/control.sock")
    try await harness.serving(listening: .descriptor(inherited.descriptor)) { () async throws in
      #expect(try await harness.get("/v1/version")["schema"] == 1)
    }
    // It is the service manager's: it stays.
    #expect(FileManager.default.fileExists(atPath: harness.socket))
  }

  @Test func `a descriptor that does not listen is refused`() {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    let error = #expect(throws: ControlError.self) { try ListeningSocket(.descriptor(descriptor)) }
    #expect(error?.kind == .badConfiguration)
  }

  private static let isRoot = geteuid() == 0
  private static let canDrop = isRoot && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")

  private func asNobody(_ harness: ControlHarness, groups: String, _ arguments: [String]) async throws -> String {
    let identity = ["--reuid=65534", "--regid=65534", groups]
    let curl = ["/usr/bin/curl", "-sS", "-w", " %{http_code}", "--unix-socket", harness.socket]
    let outcome = try await CommandLineTool.run(identity + curl + arguments, executable: "/usr/bin/setpriv")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  @Test(.enabled(if: canDrop, "only root can become somebody else"))
  func `another user is refused, an observer reads, an operator operates`() async throws {
    let access = AccessRules(ownUID: 990, operators: 54321, observers: 54322)
    let state = ScriptedDaemon.State(jobs: [Samples.job("a@1", .running)])
    try await ControlHarness.with(state, access: access) { harness async throws in
      let cancel = ["-X", "POST", "http://traind/v1/jobs/a@1/cancel"]
      let nobody = try await asNobody(harness, groups: "--clear-groups", ["http://traind/v1/jobs"])
      #expect(nobody.hasSuffix(" 403"))
      #expect(nobody.contains("\"hint\":\"join group traind"))
      #expect(harness.daemon.calls.isEmpty)
      // A long list of groups is read to its end.
      let many = "--groups=" + (60000..<60300).map(String.init).joined(separator: ",")
      #expect(try await asNobody(harness, groups: many + ",54322", ["http://traind/v1/jobs"]).hasSuffix(" 200"))
      let observer = try await asNobody(harness, groups: "--groups=54322", cancel)
      #expect(observer.hasSuffix(" 403"))
      #expect(observer.contains("may only read"))
      #expect(try await asNobody(harness, groups: "--groups=54321", cancel).hasSuffix(" 200"))
      #expect(harness.daemon.calls == ["list - - false false", "cancel a@1 by nobody"])
    }
  }
}
