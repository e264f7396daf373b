import Foundation
import Testing
import TrainControl
import TrainCore
import TrainTestKit

@testable import TrainDaemon

@Suite(.timeLimit(.minutes(60))) struct ControlFuzzTests {
  private static let pieces = [
    "\r\n", "\r\n\r\n", " HTTP/1.1", "HTTP/9.9", "GET ", "POST ", "/v1/jobs/", "/v1/events?follow=1", "%", "%00", "?",
    "&",
    "=", "content-length: 5\r\n", "content-length: -1\r\n", "transfer-encoding: chunked\r\n",
    "expect: 100-continue\r\n",
    "upgrade: h2c\r\n", "0\r\n\r\n", "FFFFFFFFFFFFFFFF\r\n", ":", "host: x\r\n", "\0",
  ]

  @Test func `whatever comes over the socket is answered in HTTP or hung up on, and the next one is served`()
    async throws
  {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    let start = try Fuzzing("http", rounds: 400, pieces: Self.pieces, most: 8192, file: folder)
    let fuzzing = try await ControlHarness.with(.init(jobs: [Samples.job("a@1", .running)])) { harness async throws in
      var fuzzing = start
      try await fuzzing.runAsync { bytes in
        let answer = try await harness.raw(bytes)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1."), "\(answer.prefix(100))")
        return answer.hasPrefix("HTTP/1.1 2")
      }
      #expect(try await harness.get("/v1/status")["schema"]?.int == 1)
      return fuzzing
    }
    #expect(fuzzing.accepted > 5)
  }

  @Test func `a target is decoded or refused`() async throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    var fuzzing = try Fuzzing(
      "target", rounds: 4000, pieces: Self.pieces, most: 4096,
      more: ["/v1/jobs/a%401/logs?attempt=1&from=0", "/v1/jobs?state=running&spec=hat#x", "/"].map { Array($0.utf8) },
      file: folder)
    await fuzzing.run { bytes in
      guard let target = RequestTarget(String(decoding: bytes, as: UTF8.self)) else { return false }
      for route in Route.all {
        guard let parameters = route.match(target.path) else { continue }
        #expect(parameters.values.allSatisfy { !$0.isEmpty })
      }
      return true
    }
  }
}
