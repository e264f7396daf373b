import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `Synapse's catalogue` {
  private func with<Answer: Sendable>(
    _ server: SynapseServer, _ work: @Sendable (SynapseRegistry, String) async throws -> Answer
  ) async throws -> Answer {
    try await server.serve { endpoint in
      let registry = try SynapseHarness(server: server, endpoint: endpoint).make()
      do {
        let answer = try await work(registry, endpoint)
        await registry.shutdown()
        return answer
      } catch {
        await registry.shutdown()
        throw error
      }
    }
  }

  private func all(
    _ first: [CatalogParameter], _ read: ([CatalogParameter]) async throws -> CatalogPage
  ) async throws -> [JSON] {
    var objects: [JSON] = []
    var next: [CatalogParameter]? = first
    while let parameters = next {
      let page = try await read(parameters)
      objects += page.objects
      next = page.next
    }
    return objects
  }

  @Test func `lists whole models, page by page, with the caller's own parameters on each page`() async throws {
    let server = SynapseServer()
    for number in 1...25 { await server.addModel(["name": .string("m\(number)"), "odd": ["unknown": true]]) }
    try await with(server) { registry, _ in
      let catalog = try #require(registry.catalog)
      let first = try await catalog.list([CatalogParameter("page_size", "10"), CatalogParameter("q", "a b&c")])
      #expect(first.count == 25)
      #expect(first.pagination["count"] == 25)
      #expect(first.pagination["results"] == nil)
      #expect(first.objects.first?["odd"] == ["unknown": true])
      let objects = try await self.all([CatalogParameter("page_size", "10"), CatalogParameter("q", "a b&c")]) {
        try await catalog.list($0)
      }
      #expect(objects.count == 25)
      #expect(Set(objects.compactMap { $0["name"]?.string }).count == 25)
      for query in await server.queries { #expect(query["q"] == "a%20b%26c") }
      #expect(await server.queries.compactMap { $0["page"] } == ["2", "3"])
    }
  }

  @Test func `shows a model whole and never fetches its file`() async throws {
    let server = SynapseServer()
    await server.addModel(["name": "m", "file": "http://HOST/media/models/1", "new": [1, 2]])
    try await with(server) { registry, _ in
      let model = try await registry.catalog?.show("1", [CatalogParameter("expand", "plugin")])
      #expect(model?["new"] == [1, 2])
      #expect(await server.queries.last?["expand"] == "plugin")
      #expect(await server.count(.media) == 0)
      for id in ["2", "../users/me", ""] {
        let fault = await #expect(throws: Fault.self) { _ = try await registry.catalog?.show(id, []) }
        #expect(fault?.code == .notFound)
      }
    }
  }

  @Test func `fetches a file from where it broke, with no token, and knows its digest`() async throws {
    let server = SynapseServer()
    let content = SampleRelease.bytes(600_000)
    try await TemporaryDirectory.with { directory in
      try await with(server) { registry, _ in
        let release = try SampleRelease.make(["m.bin": content], in: directory, options: ["plugin": "p"])
        _ = try await Publisher(registry).publish(release)
        await server.plan(.media, .cut(after: 200_000))
        let sink = CollectingSink()
        let fault = await #expect(throws: Fault.self) {
          try await registry.catalog?.download("1", [], from: .start, into: sink)
        }
        #expect(fault?.isPermanent == false)
        let held = await sink.bytes.count
        #expect((1...200_000).contains(held))
        let tag = await sink.facts.last?.tag
        try await registry.catalog?.download(
          "1", [], from: ResumePoint(offset: Int64(held), tag: tag), into: sink)
        #expect(await sink.bytes == content)
        #expect(await sink.facts.last?.digest == .some(release.artifact.digest))
        #expect(await sink.facts.map(\.total) == [600_000, 600_000])
        #expect(await server.tokensAtFiles == 0)
        // All is there: nothing more comes.
        let whole = CollectingSink()
        try await registry.catalog?.download("1", [], from: ResumePoint(offset: 600_000, tag: tag), into: whole)
        #expect(await whole.bytes.isEmpty)
        #expect(await whole.facts.first?.offset == 600_000)
      }
    }
  }

  @Test(arguments: [700_000, 300_000])
  func `another file than the one that was begun comes from its start`(length: Int) async throws {
    let server = SynapseServer()
    await server.addModel(["name": "m"])
    let content = SampleRelease.bytes(length)
    await server.replace(file: "/media/models/1", by: content)
    try await with(server) { registry, endpoint in
      await server.rewrite(model: "1", file: "\(endpoint)/media/models/1")
      let sink = CollectingSink()
      try await registry.catalog?.download("1", [], from: ResumePoint(offset: 500_000, tag: "\"old\""), into: sink)
      #expect(await sink.bytes == content)
      #expect(await sink.facts.first?.offset == 0)
    }
  }

  @Test func `a shorter file without a tag comes from its start`() async throws {
    let server = SynapseServer()
    await server.addModel(["name": "m"])
    await server.replace(file: "/media/models/1", by: [1, 2, 3])
    try await with(server) { registry, endpoint in
      await server.rewrite(model: "1", file: "\(endpoint)/media/models/1")
      let sink = CollectingSink()
      try await registry.catalog?.download("1", [], from: ResumePoint(offset: 50), into: sink)
      #expect(await sink.bytes == [1, 2, 3])
    }
  }

  // Models made by hand.

  private static let content = SampleRelease.bytes(2_500_000)

  /// Sends the whole in pieces, asking where it is after each failure.
  private static func upload(
    _ creation: any ModelCreation, part: Int = 700_000, fields: JSON = ["name": "mine", "plugin": "p"]
  ) async throws -> JSON {
    var session: UploadSession?
    var failures = 0
    while true {
      do throws(Fault) {
        var held = Int64(0)
        if let session { held = try await creation.held(session) }
        while held < Int64(content.count) {
          let piece = Array(content[Int(held)..<min(Int(held) + part, content.count)])
          let progress = try await creation.send(
            CreationPart(filename: "w.bin", bytes: piece, offset: held, total: Int64(content.count)), in: session)
          session = progress.session
          held = progress.held
        }
        guard let session else { throw .permanent(.internalError, "no session") }
        let digests = SampleRelease.digests(of: content)
        return try await creation.create(
          fields, from: session, digests: CreationDigests(md5: digests.md5, sha256: digests.sha256))
      } catch {
        failures += 1
        if error.isPermanent || failures > 8 { throw error }
        if error.code == .sessionExpired { session = nil }
      }
    }
  }

  @Test func `a model is made of parts, with the caller's fields`() async throws {
    let server = SynapseServer()
    try await with(server) { registry, _ in
      let creation = try #require(registry.catalog?.creation)
      let fields: JSON = ["name": "mine", "plugin": 12, "new": ["x": 1], "configuration": ["lr": 0.1]]
      #expect(creation.problems(in: fields).isEmpty)
      try await creation.check(fields)
      let model = try await Self.upload(creation, fields: fields)
      #expect(model["new"] == ["x": 1])
      #expect(model["plugin"] == 12)
      #expect(model["configuration"]?["lr"] == 0.1)
      #expect(
        model["configuration"]?["traind"]?["uploaded"]
          == .string("sha256:\(SampleRelease.digests(of: Self.content).sha256)"))
      #expect(await server.content(ofModel: "1") == Self.content)
      let taken = await #expect(throws: Fault.self) { try await creation.check(fields) }
      #expect(taken?.code == .alreadyExists)
    }
  }

  static let faults: [(SynapseCall, SynapseFault)] = [
    (.firstChunk, .status(503)), (.firstChunk, .answerLost), (.chunk, .answerLost), (.chunk, .resetMidBody),
    (.chunk, .status(500)), (.chunk, .statusAfter(502)), (.chunk, .late(states: 3)), (.chunk, .corrupt),
    (.chunk, .torn), (.finalize, .answerLost), (.finalize, .statusAfter(504)), (.createModel, .answerLost),
    (.createModel, .statusAfter(502)), (.createModel, .status(503)), (.state, .status(503)),
  ]

  @Test(arguments: faults)
  func `a model is made once, whatever goes wrong on the way`(call: SynapseCall, fault: SynapseFault) async throws {
    let server = SynapseServer()
    await server.plan(call, fault)
    try await with(server) { registry, _ in
      let creation = try #require(registry.catalog?.creation)
      _ = try await Self.upload(creation)
      #expect(await server.allModels.count == 1)
      #expect(await server.content(ofModel: "1") == Self.content)
      #expect(await server.overlaps == 0)
    }
  }

  @Test func `what something in between takes as too large is sent in smaller parts`() async throws {
    let server = SynapseServer()
    await server.limit(body: 300_000)
    try await with(server) { registry, _ in
      _ = try await Self.upload(try #require(registry.catalog?.creation))
      #expect(await server.content(ofModel: "1") == Self.content)
    }
  }

  @Test func `somebody else's model of that name is left alone`() async throws {
    let server = SynapseServer()
    try await with(server) { registry, _ in
      let creation = try #require(registry.catalog?.creation)
      await server.addModel(["name": "mine", "configuration": ["traind": ["uploaded": "sha256:beef"]]])
      let fault = await #expect(throws: Fault.self) { _ = try await Self.upload(creation) }
      #expect(fault?.code == .alreadyExists)
      #expect(await server.allModels.count == 1)
    }
  }

  @Test func `fields that can't be are named before anything is sent`() async throws {
    try await with(SynapseServer()) { registry, _ in
      let creation = try #require(registry.catalog?.creation)
      let paths = creation.problems(in: ["configuration": "x", "file": "f", "chunked_upload": "u"]).map(\.path)
      #expect(paths == ["name", "plugin", "configuration", "chunked_upload", "file"])
      let marker = creation.problems(in: ["name": "n", "plugin": 1, "configuration": ["traind": 1]]).map(\.path)
      #expect(marker == ["configuration.traind"])
    }
  }

  // Ground truth.

  @Test func `events come whole, page by page, and their files without a token`() async throws {
    let server = SynapseServer()
    await server.addEvents(23) { SampleRelease.bytes(100 + $0) }
    try await with(server) { registry, endpoint in
      let truth = try #require(registry.groundTruth)
      let events = try await self.all([CatalogParameter("page_size", "10"), CatalogParameter("category", "train")]) {
        try await truth.events($0)
      }
      #expect(events.count == 23)
      #expect(events[4]["data"] == ["odd": 5])
      let files = truth.files(in: events[4])
      #expect(
        files == [EventFile(place: ["files", "image_1"], url: "\(endpoint)/media/gt/5.jpg?sig=s", name: "image_1.jpg")])
      let sink = CollectingSink()
      try await truth.download(files[0].url, from: .start, into: sink)
      #expect(await sink.bytes == SampleRelease.bytes(105))
      #expect(await server.tokensAtFiles == 0)
    }
  }

  @Test func `files are found by name, in a list, and as plain addresses; what is no address is none`() async throws {
    try await with(SynapseServer()) { registry, _ in
      let truth = try #require(registry.groundTruth)
      let event: JSON = [
        "files": [["url": "https://x/a.PNG?b=c.d"], "https://x/plain", "data:image/png;base64,AAAA", ["none": 1]],
        "data_unit": ["files": ["cloud": ["url": "http://x/y/z.tar.gz#f"]]],
      ]
      #expect(
        truth.files(in: event) == [
          EventFile(place: ["files", "0"], url: "https://x/a.PNG?b=c.d", name: "0.PNG"),
          EventFile(place: ["files", "1"], url: "https://x/plain", name: "1"),
          EventFile(
            place: ["data_unit", "files", "cloud"], url: "http://x/y/z.tar.gz#f", name: "data_unit-cloud.gz"),
        ])
    }
  }

  @Test func `a spec's ground truth is there, is not there, or can't be asked for`() async throws {
    let server = SynapseServer()
    await server.addVersion("42", ["id": 42, "is_archived": false])
    try await with(server) { registry, _ in
      let truth = try #require(registry.groundTruth)
      #expect(try await truth.version("42")["id"] == 42)
      #expect(truth.problems(in: ["ground_truth_version": 42]).isEmpty)
      #expect(truth.problems(in: ["ground_truth": 42]).map(\.path) == ["ground_truth", "ground_truth_version"])
      #expect(truth.problems(in: ["ground_truth_version": "a/b"]).map(\.path) == ["ground_truth_version"])
      try await truth.check(["ground_truth_version": 42])
      let missing = await #expect(throws: Fault.self) { try await truth.check(["ground_truth_version": 43]) }
      #expect(missing?.code == .notFound)
      #expect(missing?.message.contains("43") == true)
      await server.plan(.showVersion, .status(503))
      let down = await #expect(throws: Fault.self) { try await truth.check(["ground_truth_version": 42]) }
      #expect(down?.isPermanent == false)
    }
  }

  @Test func `what a spec names as its ground truth is written on the model`() async throws {
    let server = SynapseServer()
    try await TemporaryDirectory.with { directory in
      try await with(server) { registry, _ in
        var release = try SampleRelease.make(["m.bin": [1, 2]], in: directory, options: ["plugin": "p"])
        release.provenance.sources = ["synapse": ["ground_truth_version": 42]]
        _ = try await Publisher(registry).publish(release)
        let written = await server.allModels.first?["configuration"]?["traind"]?["provenance"]
        #expect(written?["sources"] == ["synapse": ["ground_truth_version": 42]])
        #expect(written?["remote_id"] == "run-1")
        #expect(release.facts.contains { $0 == ("traind.source.synapse.ground_truth_version", "42") })
        // What names another ground truth is the same version all the same.
        release.provenance.sources = .empty
        guard case .ours = try await registry.find(release) else {
          Issue.record("it is not ours any more")
          return
        }
      }
    }
  }
}
