import Foundation
import Testing
import TrainControl
import TrainCore

@testable import TrainDaemon

@Suite struct ControlRoutesTests {
  private static let one = ScriptedDaemon.State(jobs: [Samples.job("hardhat@1.4.0", .running)])

  @Test func `a list is one document with whole job objects`() async throws {
    try await ControlHarness.with(Self.one) { harness async throws in
      let list = try await harness.get("/v1/jobs", [("state", "running"), ("all", "1"), ("spec", "hardhat")])
      #expect(list["schema"] == 1)
      #expect(list["jobs"]?.array?.first == Samples.job("hardhat@1.4.0", .running).json)
      #expect(harness.daemon.calls == ["list running hardhat true false"])
    }
  }

  @Test func `ten thousand jobs are listed in one document`() async throws {
    let jobs = (1...10_000).map { Samples.job("hardhat@\($0)", .done) }
    try await ControlHarness.with(.init(jobs: jobs)) { harness async throws in
      let list = try await harness.get("/v1/jobs", [("all", "1")])
      #expect(list["jobs"]?.array?.count == 10_000)
    }
  }

  @Test func `each change reaches the daemon with its actor`() async throws {
    try await ControlHarness.with(Self.one) { harness async throws in
      let job = "/v1/jobs/hardhat%401.4.0"
      #expect(try await harness.post("\(job)/cancel")["id"] == "hardhat@1.4.0")
      _ = try await harness.post("\(job)/hold", body: "{}")
      _ = try await harness.post("\(job)/release", body: #"{"adopt": true}"#)
      _ = try await harness.post("\(job)/retry")
      _ = try await harness.post("\(job)/publish", body: #"{"give_up": "synapse"}"#)
      let forgotten = try await harness.post("\(job)/forget")
      #expect(forgotten["forgotten"] == true)
      #expect(forgotten["left"] == ["shelf may hold an upload"])
      _ = try await harness.post("/v1/apply", body: #"{"dry_run": true}"#)
      let run = try await harness.post("/v1/run", body: #"{"spec":"hardhat","version":"2","set":["train.k=v"]}"#)
      #expect(run["id"] == "hardhat@2")
      #expect(run["new"] == true)
      _ = try await harness.post("/v1/submit", [("name", "x.yaml")], body: "provider: viam\n")
      _ = try await harness.post("/v1/drain")
      _ = try await harness.post("/v1/reload")
      let id = "hardhat@1.4.0"
      let user = NSUserName()
      #expect(
        harness.daemon.calls == [
          "cancel \(id) by \(user)", "hold \(id)", "release \(id) true", "retry \(id)", "publish \(id) - synapse",
          "forget \(id)", "apply true by \(geteuid())", "run hardhat 2 [\"train.k=v\"]", "submit x.yaml 15",
          "drain true", "status", "reload",
        ])
    }
  }

  @Test func `what a platform knows comes whole`() async throws {
    try await ControlHarness.with { harness async throws in
      let list = try await harness.get("/v1/providers/viam/jobs", [("status", "RUNNING")])
      #expect(list["data"]?.array?.first == ["id": "r1", "odd": ["field": 1]])
      #expect(try await harness.get("/v1/providers/viam/jobs/a%2Fb")["data"] == ["id": "a/b"])
      _ = try await harness.post("/v1/providers/viam/jobs/r1/cancel")
      _ = try await harness.post("/v1/providers/viam/jobs/r1/adopt", body: #"{"spec":"hardhat"}"#)
      #expect(
        harness.daemon.calls == [
          "platform viam RUNNING", "platform viam show a/b", "platform viam cancel r1",
          "platform viam adopt r1 hardhat",
        ])
    }
  }

  @Test func `the daemon tells of itself`() async throws {
    try await ControlHarness.with { harness async throws in
      #expect(try await harness.get("/v1/status")["phase"] == "running")
      #expect(try await harness.get("/v1/doctor")["ok"] == true)
      #expect(try await harness.get("/v1/config")["config"] == ["poll": ["fastest": "2s"]])
      #expect(try await harness.get("/v1/version")["schema"] == 1)
      let metrics = try await harness.raw("GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      #expect(metrics.contains("text/plain; version=0.0.4"))
      #expect(metrics.hasSuffix("traind_jobs 1\n"))
    }
  }

  @Test func `curl needs nothing but the socket`() async throws {
    try await ControlHarness.with(Self.one) { harness async throws in
      let outcome = try await CommandLineTool.run(
        ["-sS", "--unix-socket", harness.socket, "http://traind/v1/jobs/hardhat@1.4.0"], executable: "/usr/bin/curl")
      #expect(outcome.status == 0)
      #expect(try outcome.json()["id"] == "hardhat@1.4.0")
    }
  }

  @Test func `the daemon's word decides the status`() async throws {
    try await ControlHarness.with { harness async throws in
      for (kind, status) in [(ControlError.Kind.conflict, 409), (.badSpec, 422), (.tryAgain, 503), (.unsupported, 501)]
      {
        harness.daemon.change { $0.fault = ControlError(kind, "list jobs", "a reason", hint: "a hint") }
        let answer = try await harness.raw("GET /v1/jobs HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains("\"code\":\"\(kind.rawValue)\""))
        #expect(answer.contains("\"hint\":\"a hint\""))
      }
    }
  }

  @Test func `every route is described, and every description is a route`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "Docs/openapi.yaml"), encoding: .utf8)
    var described: [String: [String]] = [:]
    var path = ""
    var operation = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("  /"), line.hasSuffix(":") { path = line.dropFirst(2).dropLast().description }
      if ["    get:", "    post:"].contains(line) {
        operation = "\(line.trimmingCharacters(in: .whitespaces).dropLast().uppercased()) \(path)"
        described[operation] = []
      }
      if line.hasPrefix("        - {in: query, name: ") {
        described[operation, default: []].append(
          String(line.dropFirst("        - {in: query, name: ".count).prefix { $0 != "," }))
      }
      for name in ["flag", "param"] where line == "        - {$ref: \"#/components/parameters/\(name)\"}" {
        described[operation, default: []].append(name)
      }
    }
    var routes: [String: [String]] = [:]
    for route in Route.all {
      routes["\(route.method.rawValue) \(route.path)"] = (route.query + route.repeated).sorted()
    }
    #expect(described.mapValues { $0.sorted() } == routes)
  }
}
