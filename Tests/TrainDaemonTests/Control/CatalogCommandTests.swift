import Foundation
import Testing
import TrainControl
import TrainCore
import TrainTestKit

@Suite struct CatalogCommandTests {
  private static let lists: [[CatalogLine]] = [
    [
      .columns([CatalogColumn("ID", "id"), CatalogColumn("KIND", "of.kind")]),
      .pagination(["count": 2, "next": "x"], count: 2), .object(["id": 1, "of": ["kind": "a\u{1B}b"]]),
    ], [.pagination(["count": 2], count: 2), .object(["id": 22])],
  ]

  private func trainctl(
    _ harness: ControlHarness, _ arguments: String...
  ) async throws -> CommandLineTool.Outcome {
    try await CommandLineTool.run(
      ["--socket", harness.socket] + arguments, environment: ["XDG_STATE_HOME": "\(harness.directory)/state"])
  }

  @Test(arguments: [["models", "list"], ["models", "versions"], ["ground-truth", "events"]])
  func `a list is a table, one document, or an object on each line`(verb: [String]) async throws {
    try await ControlHarness.with { harness async throws in
      func run(_ format: String) async throws -> CommandLineTool.Outcome {
        harness.daemon.change { $0.lists = Self.lists }
        return try await CommandLineTool.run(
          verb + ["--registry", "syn", "-o", format, "--socket", harness.socket])
      }
      let table = try await run("table")
      #expect(table.output == "ID  KIND\n1   a\\u{1b}b\n22  -\n")
      #expect(table.errors.hasPrefix("2 "))
      let json = try await run("json").json()
      #expect(
        json == [
          "schema": 1, "data": [["id": 1, "of": ["kind": "a\u{1B}b"]], ["id": 22]], "pagination": ["count": 2],
        ])
      #expect(try await run("jsonl").output.hasSuffix("}\n{\"id\":22}\n"))
    }
  }

  @Test func `an empty list is a document too`() async throws {
    try await ControlHarness.with(.init(lists: [[.pagination(.empty, count: 0)]])) { harness async throws in
      let json = try await trainctl(harness, "models", "list", "--registry", "syn", "-o", "json").json()
      #expect(json == ["schema": 1, "data": [], "pagination": .empty])
    }
  }

  @Test func `a list that breaks off is no success`() async throws {
    let fault = ControlError(.tryAgain, "models list", "page 3 is lost")
    try await ControlHarness.with(.init(lists: Self.lists, listFault: fault)) { harness async throws in
      let outcome = try await trainctl(harness, "models", "list", "--registry", "syn")
      #expect(outcome.status == 75)
      #expect(outcome.output.contains("22"))
      #expect(outcome.errors.contains("page 3 is lost"))
    }
  }

  @Test func `every flag reaches the registry under its own name`() async throws {
    try await ControlHarness.with { harness async throws in
      _ = try await trainctl(
        harness, "models", "list", "--registry", "tfy", "--fqn", "a:b", "--ml-repo-id", "7", "--name", "n", "--run-id",
        "r", "--offset", "5", "--limit", "10", "--no-include-empty-models", "--param", "x=y=z", "--pages", "2")
      _ = try await trainctl(harness, "models", "list", "--registry", "tfy", "--include-empty-models")
      _ = try await trainctl(harness, "models", "versions", "m1", "--registry", "tfy", "--tag", "prod")
      _ = try await trainctl(harness, "models", "show", "m/1", "--registry", "tfy", "--param", "a=b")
      _ = try await trainctl(
        harness, "ground-truth", "events", "--registry", "syn", "--fields", "id,files", "--fields", "data")
      _ = try await trainctl(
        harness, "ground-truth", "events", "--registry", "syn", "--all", "--param", "category=test")
      _ = try await trainctl(harness, "ground-truth", "version", "42", "--registry", "syn")
      #expect(
        harness.daemon.calls == [
          #"models tfy ["fqn=a:b", "ml_repo_id=7", "name=n", "run_id=r", "offset=5", "limit=10", "#
            + #""include_empty_models=false", "x=y=z"] 2"#,
          #"models tfy ["include_empty_models=true"] -"#, #"versions tfy m1 ["tag=prod"] -"#,
          #"model tfy m/1 ["a=b"] -"#,
          #"events syn ["fields=id", "fields=files", "fields=data"] 1"#, #"events syn ["category=test"] -"#,
          "ground truth syn 42",
        ])
      #expect(try await trainctl(harness, "models").status == 64)
      #expect(try await trainctl(harness, "models", "list", "--registry", "x", "--param", "novalue").status == 64)
    }
  }

  // Downloads.

  private static let content = SampleRelease.bytes(50_000)
  private static let digest = "sha256:\(SampleRelease.digests(of: content).sha256)"

  @Test func `a download that breaks goes on from there, and is compared with the registry's digest`() async throws {
    let state = ScriptedDaemon.State(content: Self.content, contentDigest: Self.digest, cuts: [7000, 20_000])
    try await ControlHarness.with(state) { harness async throws in
      let target = "\(harness.directory)/m.bin"
      let outcome = try await trainctl(
        harness, "models", "show", "3", "--registry", "syn", "--download", target, "-o", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try outcome.json()["download"]?["digest"] == .string(Self.digest))
      #expect(try outcome.json()["data"]?["odd"]?["field"] == 1)
      #expect(FileManager.default.contents(atPath: target) == Data(Self.content))
      #expect(
        harness.daemon.calls == [
          "model syn 3 [] -", "file syn 3 0 -", "file syn 3 7000 t1", "file syn 3 20000 t1",
        ])
      let left = try FileManager.default.contentsOfDirectory(atPath: harness.directory)
      #expect(left.sorted() == ["control.sock", "m.bin"])
    }
  }

  @Test func `what an earlier command left is gone on with, and what is whole stays`() async throws {
    try await ControlHarness.with(.init(content: Self.content, contentDigest: Self.digest)) { harness async throws in
      let target = "\(harness.directory)/m.bin"
      try Data(Self.content.prefix(30_000)).write(to: URL(filePath: "\(target).partial"))
      try Data("t1".utf8).write(to: URL(filePath: "\(target).partial-tag"))
      for _ in 1...2 {
        let outcome = try await trainctl(harness, "models", "show", "3", "--registry", "syn", "--download", target)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(FileManager.default.contents(atPath: target) == Data(Self.content))
      }
      #expect(harness.daemon.calls.filter { $0.hasPrefix("file") } == ["file syn 3 30000 t1", "file syn 3 50000 -"])
    }
  }

  @Test func `another file under the same name is fetched from its start`() async throws {
    try await ControlHarness.with(.init(content: Self.content)) { harness async throws in
      let target = "\(harness.directory)/m.bin"
      try Data(repeating: 9, count: 60_000).write(to: URL(filePath: "\(target).partial"))
      try Data("t0".utf8).write(to: URL(filePath: "\(target).partial-tag"))
      #expect(try await trainctl(harness, "models", "show", "3", "--registry", "syn", "--download", target).status == 0)
      #expect(FileManager.default.contents(atPath: target) == Data(Self.content))
    }
  }

  @Test func `bytes that do not match the registry's digest are thrown away`() async throws {
    try await ControlHarness.with(.init(content: Self.content, contentDigest: "sha256:beef")) { harness async throws in
      let target = "\(harness.directory)/m.bin"
      let outcome = try await trainctl(harness, "models", "show", "3", "--registry", "syn", "--download", target)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("sha256:beef"))
      #expect(!FileManager.default.fileExists(atPath: target))
      #expect(FileManager.default.contents(atPath: "\(target).partial")?.isEmpty != false)
    }
  }

  @Test func `events' files come into the directory, and their paths in place of the URLs`() async throws {
    func file(_ place: [String], _ name: String) -> CatalogFileView {
      CatalogFileView(file: EventFile(place: place, url: "http://x/\(name)", name: name), ticket: "t-\(name)")
    }
    let lists: [[CatalogLine]] = [
      [
        .pagination(.empty, count: 2),
        .object(
          ["id": 1, "files": ["image_1": ["url": "http://x/image_1.jpg", "primary": true], "raw": "http://x/raw"]],
          files: [file(["files", "image_1"], "image_1.jpg"), file(["files", "raw"], "raw")]),
        .object(
          ["id": "../../evil", "files": [["url": "http://x/0.jpg"]]], files: [file(["files", "0"], "../0.jpg")]),
      ]
    ]
    try await ControlHarness.with(.init(lists: lists, content: Self.content)) { harness async throws in
      let directory = "\(harness.directory)/out"
      let outcome = try await trainctl(
        harness, "ground-truth", "events", "--registry", "syn", "--download", directory, "-o", "jsonl")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      let events = try lines.map { try JSON.parse(Array($0.utf8), what: "a line") }
      try #require(events.count == 2)
      #expect(
        events[0]["files"] == [
          "image_1": ["path": .string("\(directory)/1/image_1.jpg"), "primary": true],
          "raw": .string("\(directory)/1/raw"),
        ])
      let paths = try FileManager.default.subpathsOfDirectory(atPath: directory).filter { $0.hasSuffix("jpg") }
      #expect(paths.sorted() == ["%2E.%2F..%2Fevil/%2E.%2F0.jpg", "1/image_1.jpg"])
      for path in paths {
        #expect(FileManager.default.contents(atPath: "\(directory)/\(path)") == Data(Self.content))
      }
    }
  }

  @Test func `names that a registry chose never meet in one file`() async throws {
    let long = String(repeating: "x", count: 300)
    let names = [
      "a/b", "a_b", "a%2Fb", "%", "", ".", "..", "a.partial", "a", "a.partial-tag", "\(long)left", "\(long)right",
      "caf\u{e9}",
      "cafe\u{301}", "tab\t", "tab_",
    ]
    let files = names.enumerated().map { index, name in
      CatalogFileView(file: EventFile(place: ["files", "\(index)"], url: "http://x/\(index)", name: name), ticket: "t")
    }
    let lists: [[CatalogLine]] = [
      [
        .pagination(.empty, count: 3),
        .object(["id": "a/1", "files": .array(names.indices.map { .string("http://x/\($0)") })], files: files),
        .object(["id": "a_1", "files": ["http://x/0"]], files: [files[0]]),
        .object(["id": "a/1", "files": ["http://x/0"]], files: [files[0]]),
      ]
    ]
    try await ControlHarness.with(.init(lists: lists, content: Self.content)) { harness async throws in
      let directory = "\(harness.directory)/out"
      let outcome = try await trainctl(
        harness, "ground-truth", "events", "--registry", "syn", "--download", directory, "-o", "jsonl")
      // The third event is called as the first one: its file would take the other's place.
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("another file of this list has that place"), "\(outcome.errors)")
      let events = try outcome.output.split(separator: "\n").map {
        try JSON.parse(Array($0.utf8), what: "a line")
      }
      let paths = try #require(events.first?["files"]?.array).compactMap(\.string).map { Array($0.utf8) }
      #expect(Set(paths).count == names.count)
      #expect(events.last?["files"] == ["http://x/0"])
      let found = try FileManager.default.subpathsOfDirectory(atPath: directory).filter { $0.contains("/") }
      #expect(found.count == names.count + 1)
      #expect(found.allSatisfy { $0.split(separator: "/").count == 2 && !$0.contains("\t") })
    }
  }

  @Test(arguments: [["-o", "table"], ["-o", "json"], ["-o", "jsonl"]])
  func `nothing that a registry wrote steers a terminal`(_ format: [String]) async throws {
    let evil = "esc\u{1b}]0;owned\u{07}\u{9b}31m\u{202e}"
    let lists: [[CatalogLine]] = [
      [
        .columns([CatalogColumn("ID", "id")]), .pagination(.empty, count: 1), .object(["id": .string(evil), evil: 1]),
      ]
    ]
    try await ControlHarness.with(.init(lists: lists)) { harness async throws in
      let shown = try await CommandLineTool.shownOnTerminal(
        ["--socket", harness.socket] + format + ["models", "list", "--registry", "syn"])
      #expect(shown.contains("esc"))
      for scalar in ["\u{1b}", "\u{07}", "\u{9b}", "\u{202e}"] as [Unicode.Scalar] {
        #expect(!shown.unicodeScalars.contains(scalar), "\(scalar.value)")
      }
    }
  }

  // Models made by hand.

  private func create(_ harness: ControlHarness, _ arguments: String...) async throws -> CommandLineTool.Outcome {
    try await CommandLineTool.run(
      ["--socket", harness.socket, "models", "create", "--registry", "syn", "--file", "\(harness.directory)/w.bin"]
        + arguments, environment: ["XDG_STATE_HOME": "\(harness.directory)/state"])
  }

  @Test func `a model is made of a file that is sent in parts, with fields of text and of JSON`() async throws {
    let content = SampleRelease.bytes(3_000_000)
    try await ControlHarness.with(.init(largestPart: 700_000)) { harness async throws in
      try Data(content).write(to: URL(filePath: "\(harness.directory)/w.bin"))
      let outcome = try await create(
        harness, "--set", "name=a=b", "--set-json", "plugin=12", "--set-json", #"configuration={"lr":0.1}"#, "-o",
        "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try outcome.json()["data"] == ["id": 7, "name": "a=b"])
      #expect(harness.daemon.uploaded == content)
      let fields = #"{"configuration":{"lr":0.1},"name":"a=b","plugin":12}"#
      #expect(harness.daemon.calls.first == "create syn \(fields) -")
      #expect(
        harness.daemon.calls.last == "create syn \(fields) \(SampleRelease.digests(of: content).sha256.prefix(8))")
      let left = try FileManager.default.subpathsOfDirectory(atPath: "\(harness.directory)/state")
      #expect(left.allSatisfy { !$0.hasSuffix(".json") })
    }
  }

  @Test func `the same command again goes on with what was sent`() async throws {
    let content = SampleRelease.bytes(3_000_000)
    let refusal = ControlError(.badSpec, "models create", "plugin: unknown")
    try await ControlHarness.with(.init(createFault: refusal)) { harness async throws in
      try Data(content).write(to: URL(filePath: "\(harness.directory)/w.bin"))
      #expect(try await create(harness, "--set", "name=n").status == 65)
      harness.daemon.change {
        $0.createFault = nil
        $0.uploaded.removeLast(1_000_000)
        $0.calls = []
      }
      let outcome = try await create(harness, "--set", "name=n", "--set", "plugin=right")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(harness.daemon.uploaded == content)
      #expect(harness.daemon.calls.prefix(2) == [#"held {"upload":"u1"}"#, "part w.bin 2000000 1000000 of 3000000"])
    }
  }

  @Test func `a part that is refused is sent once more before anything is asked, when the far side wants it`()
    async throws
  {
    let content = SampleRelease.bytes(3_000_000)
    var refusal = ControlError(.tryAgain, "upload", "busy")
    refusal.retryAfter = .milliseconds(700)
    try await ControlHarness.with(.init(partFault: refusal)) { harness async throws in
      try Data(content).write(to: URL(filePath: "\(harness.directory)/w.bin"))
      let begun = ContinuousClock.now
      let outcome = try await create(harness, "--set", "name=n")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(harness.daemon.uploaded == content)
      // Two parts, each refused once.
      #expect(begun.duration(to: .now) >= .milliseconds(1400))
      #expect(harness.daemon.calls.map { $0.prefix(4) } == ["crea", "part", "part", "part", "part", "crea"])
    }
  }

  @Test func `a changed file is another upload`() async throws {
    let refusal = ControlError(.badSpec, "models create", "plugin: unknown")
    try await ControlHarness.with(.init(createFault: refusal)) { harness async throws in
      let file = URL(filePath: "\(harness.directory)/w.bin")
      try Data(SampleRelease.bytes(5000)).write(to: file)
      _ = try await create(harness, "--set", "name=n")
      harness.daemon.change { $0.createFault = nil }
      let other = SampleRelease.bytes(6000, seed: 2)
      try Data(other).write(to: file)
      #expect(try await create(harness, "--set", "name=n").status == 0)
      #expect(harness.daemon.uploaded == other)
    }
  }

  @Test func `an empty file, a directory and a missing one make no model`() async throws {
    try await ControlHarness.with { harness async throws in
      #expect(try await create(harness, "--set", "name=n").status == 66)
      _ = FileManager.default.createFile(atPath: "\(harness.directory)/w.bin", contents: nil)
      #expect(try await create(harness, "--set", "name=n").status == 64)
      #expect(try await create(harness, "--set", "name").status == 64)
      #expect(try await create(harness, "--set", "a=1", "--set-json", "a=1").status == 64)
      #expect(harness.daemon.calls.isEmpty)
    }
  }
}
