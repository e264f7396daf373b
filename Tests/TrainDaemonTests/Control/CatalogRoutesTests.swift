import Foundation
import Testing
import TrainControl
import TrainCore
import TrainTestKit

@testable import TrainDaemon

@Suite struct CatalogRoutesTests {
  private static let pages: [[CatalogLine]] = [
    [
      .columns([CatalogColumn("ID", "id")]), .pagination(["count": 2, "odd": true], count: 2),
      .object(["id": 1, "odd": ["x": 1]]),
    ], [],
    [
      .pagination(["count": 2], count: 2),
      .object(
        ["id": 2],
        files: [CatalogFileView(file: EventFile(place: ["f", "0"], url: "http://x/a", name: "0.jpg"), ticket: "t")]),
    ],
  ]

  @Test func `a list is a line for each object, with blank lines while there is something to wait for`() async throws {
    try await ControlHarness.with(.init(lists: Self.pages)) { harness async throws in
      let answer = try await harness.raw(
        "GET /v1/registries/syn/models?param=q=a%2Bb&flag=name=x&param=q=2&pages=7 HTTP/1.1\r\n"
          + "host: x\r\nconnection: close\r\n\r\n")
      #expect(answer.contains("application/x-ndjson"))
      let lines = answer.split(separator: "\r\n").flatMap {
        $0.split(separator: "\n", omittingEmptySubsequences: false)
      }
      #expect(lines.contains(#"{"columns":[{"member":"id","title":"ID"}]}"#))
      #expect(lines.contains(#"{"count":2,"pagination":{"count":2,"odd":true}}"#))
      #expect(lines.contains(#"{"data":{"id":1,"odd":{"x":1}}}"#))
      #expect(lines.contains { $0.hasPrefix(#"{"data":{"id":2},"files":[{"name":"0.jpg","place":["f","0"]"#) })
      #expect(harness.daemon.calls == [#"models syn ["name=x", "q=a+b", "q=2"] 7"#])
    }
  }

  @Test func `what fails at first is an error, what fails later is the last line`() async throws {
    let fault = ControlError(.tryAgain, "models list", "it is down")
    try await ControlHarness.with(.init(listFault: fault)) { harness async throws in
      let request = "GET /v1/registries/syn/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
      #expect(try await harness.raw(request).hasPrefix("HTTP/1.1 503 "))
      harness.daemon.change { $0.lists = Self.pages }
      let answer = try await harness.raw(request)
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
      #expect(answer.contains("\"message\":\"it is down\""))
    }
  }

  @Test func `a file is a head and its bytes, from where they are wanted`() async throws {
    try await ControlHarness.with(.init(content: Array("0123456789".utf8))) { harness async throws in
      let client = harness.client
      let (facts, bytes) = try await ControlHarness.blocking {
        let path = ControlPath.registry("syn", "models", "a/b", "file")
        let exchange = try client.open("GET", path, [("from", "4"), ("tag", "t1")])
        let body = try exchange.body(cap: 1 << 20)
        let end = try #require(body.firstIndex(of: 0x0A))
        return (try DownloadHead(try JSON.parse(Array(body[..<end]), what: "it")), Array(body[(end + 1)...]))
      }
      #expect(facts == .file(DownloadFacts(offset: 4, total: 10, tag: "t1")))
      #expect(bytes == Array("456789".utf8))
      #expect(harness.daemon.calls == ["file syn a/b 4 t1"])
    }
  }

  @Test func `a part has a cap of its own`() async throws {
    try await ControlHarness.with { harness async throws in
      let client = harness.client
      let path = ControlPath.registry("syn", "uploads")
      let query = [("filename", "m.bin"), ("offset", "0"), ("total", "99999999")]
      try await ControlHarness.blocking {
        let body = [UInt8](repeating: 1, count: 8 << 20)
        let view: UploadView = try client.post(path, query, body, contentType: "application/octet-stream").value()
        #expect(view.held == 8 << 20)
        let error = #expect(throws: ControlError.self) {
          try client.post(path, query, body + [1], contentType: "application/octet-stream")
        }
        #expect(error?.kind == .tooLarge)
        let outside = #expect(throws: ControlError.self) {
          try client.post(
            path, [("filename", "m.bin"), ("offset", "9"), ("total", "10")], [1, 2],
            contentType: "application/octet-stream")
        }
        #expect(outside?.kind == .usage)
      }
    }
  }

  @Test func `observers look, operators make`() async throws {
    var access = ControlHarness.access
    access.ownUID = .max
    guard geteuid() != 0 else {
      // Root operates always: then only the routes' own word can be checked.
      for route in Route.all where route.path.contains("/registries/") {
        #expect(route.needs == (route.method == .get ? .observer : .operator))
      }
      return
    }
    access.observers = getegid()
    try await ControlHarness.with(.init(lists: Self.pages), access: access) { harness async throws in
      _ = try await harness.raw("GET /v1/registries/syn/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      let error = await #expect(throws: ControlError.self) {
        _ = try await harness.post("/v1/registries/syn/models", body: #"{"fields":{}}"#)
      }
      #expect(error?.kind == .notPermitted)
    }
  }

  // The parts behind the routes.

  private static func reader(
    _ faults: [Fault], next: [CatalogParameter]? = [CatalogParameter("page", "2")], pages: Int? = nil
  ) -> CatalogReader {
    let left = Locked(faults)
    return CatalogReader(
      "models list", columns: [], parameters: [], pages: pages, time: InstantTime(),
      fetch: { (parameters) async throws(Fault) -> CatalogPage in
        if let fault = left.take() { throw fault }
        return CatalogPage(objects: [["page": .int(Int64(parameters.count))]], next: parameters.isEmpty ? next : nil)
      })
  }

  private static func objects(_ lines: CatalogLines) async throws -> [JSON] {
    var objects: [JSON] = []
    while let page = try await lines.next() {
      for case .object(let object, _) in page { objects.append(object) }
    }
    return objects
  }

  @Test func `a lost page is asked for again, and none is left out`() async throws {
    let lost = Fault.transient(.unavailable, "gone")
    let slow = Fault.transient(.throttled, "slow down", after: .seconds(20))
    let objects = try await Self.objects(Self.reader([lost, slow, lost, lost]).lines)
    #expect(objects == [["page": 0], ["page": 1]])
  }

  @Test func `what will not pass, or lasts too long, is told`() async throws {
    for faults in [
      [Fault.permanent(.unauthorized, "no")], [Fault.transient(.throttled, "later", after: .seconds(3600))],
      Array(repeating: Fault.transient(.unavailable, "gone"), count: 6),
    ] {
      await #expect(throws: ControlError.self) { _ = try await Self.objects(Self.reader(faults).lines) }
    }
  }

  @Test func `pages can be bounded, and one that names itself ends the list`() async throws {
    #expect(try await Self.objects(Self.reader([], pages: 1).lines).count == 1)
    let error = await #expect(throws: ControlError.self) { _ = try await Self.objects(Self.reader([], next: []).lines) }
    #expect(error?.why.contains("same page") == true)
  }

  @Test func `a ticket is good for its URL, its registry and its daemon`() {
    let tickets = FileTickets()
    let ticket = tickets.ticket(for: "https://x/a", of: "syn")
    #expect(tickets.isGood(ticket, for: "https://x/a", of: "syn"))
    #expect(!tickets.isGood(ticket, for: "https://x/b", of: "syn"))
    #expect(!tickets.isGood(ticket, for: "https://x/a", of: "other"))
    #expect(!FileTickets().isGood(ticket, for: "https://x/a", of: "syn"))
    for wrong in ["", "zz", "0", String(ticket.dropLast(2)), ticket + "00", "+" + ticket.dropFirst()] {
      #expect(!tickets.isGood(wrong, for: "https://x/a", of: "syn"), "\(wrong)")
    }
  }
}
