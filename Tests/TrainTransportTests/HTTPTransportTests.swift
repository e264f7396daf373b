import Foundation
import NIOCore
import NIOHTTP1
import Testing
import TrainCore
import TrainTestKit
import TrainTransport

@Suite struct `The HTTP client` {
  private func with<Answer: Sendable>(
    _ respond: @escaping @Sendable (LoopbackRequest) async throws -> LoopbackReply,
    idleTimeout: Duration = .seconds(20), _ work: @Sendable (HTTPTransport, String) async throws -> Answer
  ) async throws -> Answer {
    var settings = HTTPTransport.Settings()
    settings.idleTimeout = idleTimeout
    let transport = try HTTPTransport(settings)
    do {
      let response = try await LoopbackServer.serve(respond) { try await work(transport, $0) }
      await transport.shutdown()
      return response
    } catch {
      await transport.shutdown()
      throw error
    }
  }

  private func fault(
    _ idleTimeout: Duration = .seconds(20),
    _ respond: @escaping @Sendable (LoopbackRequest) async throws -> LoopbackReply
  ) async throws -> Fault {
    try await with(respond, idleTimeout: idleTimeout) { transport, base in
      do {
        try await transport.send(HTTPCall(.GET, base + "/x?signature=hunter2", point: .synapseGetModel, purpose: "ask"))
          .requireSuccess()
      } catch let fault as Fault {
        #expect(!fault.message.contains("hunter2"))
        return fault
      }
      throw Fault.permanent(.internalError, "no fault")
    }
  }

  static let statuses: [(Int, Fault.Code, permanent: Bool, Fault.Effect)] = [
    (400, .rejected, true, .none), (401, .unauthorized, true, .none), (403, .unauthorized, true, .none),
    (404, .notFound, true, .none), (408, .timeout, false, .unknown), (409, .rejected, true, .none),
    (425, .unavailable, false, .none), (429, .throttled, false, .none), (500, .unavailable, false, .unknown),
    (502, .unavailable, false, .unknown), (503, .unavailable, false, .unknown), (307, .badAnswer, false, .none),
  ]

  @Test(arguments: statuses.indices) func `tells what each status means for the next try`(_ index: Int) async throws {
    let (status, code, permanent, effect) = Self.statuses[index]
    let fault = try await fault { _ in
      .answer(
        status, headers: [("location", "https://elsewhere.example/y?signature=hunter2")],
        body: ByteBuffer(string: "no  \n way"))
    }
    #expect(fault.code == code)
    #expect(fault.isPermanent == permanent)
    #expect(fault.effect == effect)
    #expect(fault.message.contains("\(status): no way"))
    #expect(fault.message.hasPrefix("could not ask: http://127.0.0.1"))
  }

  @Test func `waits as long as it is told to, an hour at most`() async throws {
    for (value, expected) in [
      ("7", 7), ("99999", 3600), ("Sun, 06 Nov 1994 08:50:07 GMT", 30), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
    ] {
      let fault = try await fault { _ in
        .answer(503, headers: [("retry-after", value), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")])
      }
      #expect(fault.retryAfter == .seconds(expected), "\(value)")
    }
    let odd = try await fault { _ in .answer(503, headers: [("retry-after", "soon")]) }
    #expect(odd.retryAfter == nil)
  }

  @Test func `does not follow a redirect`() async throws {
    try await with({ request in
      request.path == "/start" ? .answer(301, headers: [("location", "/end")]) : .answer(200)
    }) { transport, base in
      let response = try await transport.send(HTTPCall(.GET, base + "/start", point: .synapseGetModel, purpose: "ask"))
      #expect(response.status == 301)
    }
  }

  @Test func `says that nothing happened when there was no connection`() async throws {
    let transport = try HTTPTransport()
    for url in ["http://127.0.0.1:1/", "http://no-such-host.invalid/"] {
      let fault = await #expect(throws: Fault.self) {
        try await transport.send(HTTPCall(.GET, url, point: .synapseGetModel, purpose: "ask"))
      }
      #expect(fault?.code == .unavailable)
      #expect(fault?.effect == Fault.Effect.none)
      #expect(fault?.isPermanent == false)
    }
    await transport.shutdown()
  }

  @Test func `does not know what happened when the connection was reset or cut`() async throws {
    for reply in [LoopbackReply.reset, .truncated(200, promised: 100, body: ByteBuffer(string: "half"))] {
      let fault = try await fault { _ in reply }
      #expect(fault.code == .unavailable)
      #expect(fault.effect == .unknown)
    }
  }

  @Test func `gives up when nothing moves, and does not know what happened`() async throws {
    let fault = try await fault(.milliseconds(100)) { _ in .silence }
    #expect(fault.code == .timeout)
    #expect(fault.effect == .unknown)
    #expect(fault.isPermanent == false)
  }

  @Test func `takes no more of an response than it was told to`() async throws {
    try await with({ _ in .answer(200, body: ByteBuffer(repeating: 65, count: 5000)) }) { transport, base in
      let fault = await #expect(throws: Fault.self) {
        try await transport.send(
          HTTPCall(.GET, base + "/", point: .synapseGetModel, purpose: "ask", responseLimit: 4999))
      }
      #expect(fault?.code == .badAnswer)
      let response = try await transport.send(
        HTTPCall(.GET, base + "/", point: .synapseGetModel, purpose: "ask", responseLimit: 5000))
      #expect(response.body.readableBytes == 5000)
    }
  }

  @Test func `strikes secrets out of what it quotes, and prints none with a call`() async throws {
    try await with({ request in
      .answer(400, body: ByteBuffer(string: "bad token: \(request.header("authorization") ?? "")"))
    }) { transport, base in
      var call = HTTPCall(.GET, base + "/", point: .synapseGetModel, purpose: "ask")
      call.add(Secret("hunter2"), as: "authorization", prefix: "Bearer ")
      #expect(!String(reflecting: call).contains("hunter2"))
      let response = try await transport.send(call)
      #expect(response.fault.message.contains("bad token: Bearer <redacted>"))
      call.add(Secret("hunter2\nx-evil: 1"), as: "authorization")
      let fault = await #expect(throws: Fault.self) { try await transport.send(call) }
      #expect(fault?.isPermanent == true)
      #expect(fault?.message.contains("hunter2") == false)
    }
  }

  @Test func `streams a body with its length, never in chunks`() async throws {
    try await TemporaryDirectory.with { directory in
      let bytes = SampleRelease.bytes(3_000_000)
      let path = "\(directory)/file"
      try Data(bytes).write(to: URL(filePath: path))
      try await with({ request in
        let length = request.header("content-length") ?? "none"
        let chunked = request.header("transfer-encoding") ?? "no"
        return .answer(200, headers: [("x", "\(length) \(chunked)")], body: try await request.read())
      }) { transport, base in
        let slices = FileSlices(path: path, range: 10..<2_999_990)
        let call = HTTPCall(
          .PUT, base + "/", point: .synapseSendPart, purpose: "send", body: .stream(slices, length: 2_999_980),
          responseLimit: 4_000_000)
        let response = try await transport.send(call)
        #expect(response.headers.first(name: "x") == "2999980 no")
        #expect(Array(response.body.readableBytesView) == Array(bytes[10..<2_999_990]))
      }
    }
  }

  @Test func `throws the fault of the body that it sends`() async throws {
    try await TemporaryDirectory.with { directory in
      let path = "\(directory)/file"
      try Data([1, 2, 3]).write(to: URL(filePath: path))
      try await with({ request in .answer(200, body: try await request.read()) }) { transport, base in
        let slices = FileSlices(path: path, range: 0..<2_000_000)
        let fault = await #expect(throws: Fault.self) {
          try await transport.send(
            HTTPCall(
              .PUT, base + "/", point: .synapseSendPart, purpose: "send", body: .stream(slices, length: 2_000_000)))
        }
        #expect(fault?.code == .io)
        #expect(fault?.message.contains(path) == true)
      }
    }
  }

  @Test func `hands a download over as it arrives`() async throws {
    let bytes = SampleRelease.bytes(2_000_000)
    try await with({ request in
      request.path == "/missing"
        ? .answer(404, body: ByteBuffer(string: "gone")) : .answer(200, body: ByteBuffer(bytes: bytes))
    }) { transport, base in
      let taken = try await transport.stream(HTTPCall(.GET, base + "/file", point: .viamFetchArchive, purpose: "fetch"))
      { head, buffers in
        var taken: [UInt8] = []
        for try await buffer in buffers { taken += Array(buffer.readableBytesView) }
        return (head.status, taken)
      }
      #expect(taken.0 == 200)
      #expect(taken.1 == bytes)
      let fault = await #expect(throws: Fault.self) {
        try await transport.stream(HTTPCall(.GET, base + "/missing", point: .viamFetchArchive, purpose: "fetch")) {
          _, _ in
        }
      }
      #expect(fault?.code == .notFound)
      #expect(fault?.message.hasSuffix("gone") == true)
    }
  }

  @Test func `fails a download that ends too early`() async throws {
    try await with({ _ in .truncated(200, promised: 100, body: ByteBuffer(string: "half")) }) { transport, base in
      let fault = await #expect(throws: Fault.self) {
        try await transport.stream(HTTPCall(.GET, base + "/file", point: .viamFetchArchive, purpose: "fetch")) {
          _, buffers in
          for try await _ in buffers {}
        }
      }
      #expect(fault?.code == .unavailable)
    }
  }

  @Test func `refuses what it cannot do before it begins`() async throws {
    var settings = HTTPTransport.Settings()
    settings.ca = "/no/such/ca.pem"
    let missing = #expect(throws: Fault.self) { try HTTPTransport(settings) }
    #expect(missing?.message.contains("/no/such/ca.pem") == true)
    let transport = try HTTPTransport()
    for url in ["ftp://host/", "nonsense", "http://"] {
      let fault = await #expect(throws: Fault.self) {
        try await transport.send(HTTPCall(.GET, url, point: .synapseGetModel, purpose: "ask"))
      }
      #expect(fault?.isPermanent == true)
    }
    await transport.shutdown()
    let late = await #expect(throws: Fault.self) {
      try await transport.send(HTTPCall(.GET, "http://127.0.0.1:1/", point: .synapseGetModel, purpose: "ask"))
    }
    #expect(late?.code == .interrupted)
  }
}
