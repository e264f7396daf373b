import Foundation
import Testing
import TrainControl
import TrainCore

@testable import TrainDaemon

@Suite struct ControlLimitsTests {
  private func request(_ line: String, _ headers: String = "", body: String = "") -> String {
    "\(line) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test func `bad JSON is refused with its place`() async throws {
    try await ControlHarness.with { harness async throws in
      let answer = try await harness.raw(request("POST /v1/run", body: "{\"spec\": oops}"))
      #expect(answer.hasPrefix("HTTP/1.1 400 "))
      #expect(answer.contains("line 1, column 10"))
      #expect(harness.daemon.calls.isEmpty)
    }
  }

  @Test(arguments: [
    ("POST /v1/run", "{\"spec\":\"a\",\"sett\":[]}", "did you mean 'set'?"),
    ("POST /v1/run", "{\"spec\":7}", "'spec' must be a string"),
    ("POST /v1/run", "[]", "is not a JSON object"),
    ("POST /v1/jobs/a@1/cancel", "{\"force\":true}", "unknown field 'force'"),
    ("GET /v1/jobs?stat=done", "", "did you mean 'state'?"),
    ("GET /v1/jobs?state=dnoe", "", "did you mean 'done'?"),
    ("GET /v1/jobs?limit=0", "", "at least 1"),
    ("GET /v1/jobs?all=1&all=1", "", "given twice"),
    ("GET /v1/jobs?state=%zz", "", "not well-formed"),
    ("GET /v1/events?after=-1", "", "at least 0"),
    ("POST /v1/submit?name=../x.yaml", "a: b", "without directories"),
  ])
  func `a request that makes no sense is refused`(line: String, body: String, why: String) async throws {
    try await ControlHarness.with { harness async throws in
      let answer = try await harness.raw(request(line, body: body))
      #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
      #expect(answer.contains(why), "\(answer)")
      #expect(harness.daemon.calls.isEmpty)
    }
  }

  @Test func `an unknown route, method and job are told apart`() async throws {
    try await ControlHarness.with { harness async throws in
      #expect(try await harness.raw(request("GET /v2/jobs")).hasPrefix("HTTP/1.1 404 "))
      let method = try await harness.raw(request("DELETE /v1/jobs/a@1"))
      #expect(method.hasPrefix("HTTP/1.1 405 "))
      #expect(method.contains("allow: GET") || method.contains("Allow: GET"))
      let job = try await harness.raw(request("GET /v1/jobs/nope@1"))
      #expect(job.hasPrefix("HTTP/1.1 404 "))
      #expect(job.contains("there is no job 'nope@1'"))
    }
  }

  @Test(arguments: [true, false])
  func `a body over the cap is refused by name, however it is sent`(chunked: Bool) async throws {
    var limits = ControlLimits()
    limits.body = 1000
    try await ControlHarness.with(limits: limits) { harness async throws in
      let body = String(repeating: "x", count: 5000)
      let head = "POST /v1/submit?name=a.yaml HTTP/1.1\r\nhost: x\r\n"
      let sent =
        chunked
        ? "\(head)transfer-encoding: chunked\r\n\r\n1388\r\n\(body)\r\n0\r\n\r\n"
        : "\(head)content-length: 5000\r\n\r\n\(body)"
      let answer = try await harness.raw(sent)
      #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
      #expect(answer.contains("1000 bytes"))
      #expect(harness.daemon.calls.isEmpty)
    }
  }

  @Test func `a spec of exactly the cap is taken`() async throws {
    try await ControlHarness.with { harness async throws in
      let body = String(repeating: "#", count: ControlLimits().body)
      _ = try await harness.post("/v1/submit", [("name", "a.yaml")], body: body)
      #expect(harness.daemon.calls == ["submit a.yaml 1048576"])
    }
  }

  @Test(arguments: [
    "GET /v1/jobs HTTP/1.1\r\nhost: x\r\nx-long: \(String(repeating: "x", count: 100_000))\r\n\r\n",
    "GET /v1/jobs HTTP/1.1\r\nhost: x\r\n\((0..<2000).map { "x-\($0): 1\r\n" }.joined())\r\n",
    "GET /\(String(repeating: "x", count: 200_000)) HTTP/1.1\r\n\r\n",
    "NONSENSE\r\n\r\n", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n", "GET /v1/jobs HTTP/9.9\r\n\r\n",
    "POST /v1/run HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
    "POST /v1/run HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n",
  ])
  func `what is not HTTP never reaches the daemon and harms nobody else`(text: String) async throws {
    try await ControlHarness.with { harness async throws in
      let answer = try await harness.raw(text)
      #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
      #expect(harness.daemon.calls.isEmpty)
      #expect(try await harness.get("/v1/jobs")["jobs"] == [])
    }
  }

  @Test(arguments: ["", "GET /v1/jo", "POST /v1/run HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"])
  func `a request that does not come to its end is cut off`(begin: String) async throws {
    var limits = ControlLimits()
    limits.request = .milliseconds(150)
    try await ControlHarness.with(limits: limits) { harness async throws in
      let answer = try await harness.raw(begin, halfClose: false)
      #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"))
      #expect(harness.daemon.calls.isEmpty)
    }
  }

  @Test func `a request that trickles is cut off all the same`() async throws {
    var limits = ControlLimits()
    limits.request = .milliseconds(300)
    try await ControlHarness.with(limits: limits) { harness async throws in
      let path = harness.socket
      let sent = try await ControlHarness.blocking {
        let peer = try RawPeer(path)
        let closed = ContinuousClock.now + .seconds(20)
        var count = 0
        // One byte at a time: each read would feed an idle timer.
        peer.send("GET /v1/jobs HTTP/1.1\r\nx: ")
        while ContinuousClock.now < closed {
          peer.send("x")
          count += 1
          if peer.isClosed(within: .milliseconds(20)) { return count }
        }
        return Int.max
      }
      #expect(sent < 500)
    }
  }

  @Test func `connections have a cap, and one that ends makes room`() async throws {
    var limits = ControlLimits()
    limits.connections = 2
    try await ControlHarness.with(limits: limits) { harness async throws in
      let path = harness.socket
      try await ControlHarness.blocking {
        let first = try RawPeer(path)
        let second = try RawPeer(path)
        for peer in [first, second] {
          peer.send("GET /v1/version HTTP/1.1\r\nhost: x\r\n\r\n")
          #expect(String(decoding: peer.receive() ?? [], as: UTF8.self).hasPrefix("HTTP/1.1 200"))
        }
        let third = try RawPeer(path)
        let refusal = String(decoding: third.receiveAll(), as: UTF8.self)
        #expect(refusal.hasPrefix("HTTP/1.1 503"))
        #expect(refusal.contains("cap of connections"))
        _ = (first, second)
      }
      try await ControlHarness.eventually {
        guard let peer = try? RawPeer(path) else { return false }
        peer.send("GET /v1/version HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        return String(decoding: peer.receiveAll(), as: UTF8.self).hasPrefix("HTTP/1.1 200")
      }
    }
  }

  @Test func `two requests on one connection are answered in order`() async throws {
    try await ControlHarness.with { harness async throws in
      let answer = try await harness.raw(
        "GET /v1/version HTTP/1.1\r\nhost: x\r\n\r\nGET /v1/status HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      #expect(answer.components(separatedBy: "HTTP/1.1 200").count == 3)
      #expect(harness.daemon.calls == ["version", "status"])
    }
  }
}
