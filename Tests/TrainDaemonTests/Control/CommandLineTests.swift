import Foundation
import Testing
import TrainControl
import TrainCore

@testable import TrainDaemon

@Suite struct CommandLineTests {
  private static let one = ScriptedDaemon.State(
    jobs: [Samples.job("hardhat@1.4.0", .running)],
    events: [Samples.event(1, job: "hardhat@1.4.0", from: .submitted, to: .running)])

  private func trainctl(
    _ harness: ControlHarness, _ arguments: String...
  ) async throws -> CommandLineTool.Outcome {
    try await CommandLineTool.run(["--socket", harness.socket] + arguments)
  }

  @Test(arguments: [true, false]) func `a signature is looked for among the labels of an OCI manifest`(
    _ isThere: Bool
  ) async throws {
    try await ControlHarness.with { harness async throws in
      let label = isThere ? #""traind.signature":"{\"payload\":1}""# : ""
      for (name, text) in [("m.bin", "m"), ("key.pub", "none"), ("manifest", "{\"annotations\":{\(label)}}")] {
        try Data(text.utf8).write(to: URL(filePath: "\(harness.directory)/\(name)"))
      }
      let outcome = try await trainctl(
        harness, "verify", "\(harness.directory)/m.bin", "--key", "\(harness.directory)/key.pub", "--signature",
        "\(harness.directory)/manifest")
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains("carries no signature") == !isThere, "\(outcome.errors)")
    }
  }

  // Exit codes.

  @Test(
    arguments: [
      (ControlError.Kind.failed, 1), (.usage, 64), (.badSpec, 65), (.conflict, 65), (.tooLarge, 65), (.notFound, 66),
      (.tryAgain, 75), (.notPermitted, 77), (.badConfiguration, 78), (.unsupported, 1), (.internalError, 1),
    ] as [(ControlError.Kind, Int32)])
  func `what the daemon answers becomes the exit code`(kind: ControlError.Kind, code: Int32) async throws {
    try await ControlHarness.with { harness async throws in
      harness.daemon.change { $0.fault = ControlError(kind, "retry hardhat@1", "a reason", hint: "do this") }
      let outcome = try await trainctl(harness, "retry", "hardhat@1")
      #expect(outcome.status == code)
      #expect(outcome.errors == "trainctl: retry hardhat@1: a reason\nhint: do this\n")
      #expect(outcome.output.isEmpty)
    }
  }

  @Test(arguments: [
    [], ["lst"], ["list", "--bogus"], ["show"], ["wait"], ["list", "-o", "xml"], ["run", "a", "--set", "novalue"],
    ["publish", "a@1", "--registry", "x", "--give-up", "y"], ["wait", "a@1", "--timeout", "soon"], ["jobs"],
    ["wait", "a@1", "--for", "nowhere"], ["events", "--after", "-3"], ["jobs", "list"], ["config"], ["check"],
  ])
  func `a command line that makes no sense is 64`(arguments: [String]) async throws {
    let outcome = try await CommandLineTool.run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errors.hasPrefix("trainctl: read the command line: "), "\(outcome.errors)")
    #expect(outcome.errors.contains("\nhint: "))
    #expect(outcome.output.isEmpty)
  }

  @Test(arguments: [
    ["list"], ["show", "a@1"], ["apply"], ["wait", "a@1"], ["watch"], ["events", "-f"], ["logs", "a@1", "-f"],
    ["status"], ["version"], ["jobs", "list", "--provider", "viam"],
  ])
  func `without a daemon it is 69`(arguments: [String]) async throws {
    let outcome = try await CommandLineTool.run(["--socket", "/nonexistent/control.sock"] + arguments)
    #expect(outcome.status == 69)
    #expect(outcome.errors.contains("hint: is it running?"))
  }

  @Test func `help and the version ask nobody`() async throws {
    for arguments in [
      ["--help"], ["help"], ["help", "list"], ["list", "--help"], ["--version"], ["-o", "json", "--help"],
    ] {
      let outcome = try await CommandLineTool.run(arguments)
      #expect(outcome.status == 0, "\(arguments)")
      #expect(!outcome.output.isEmpty)
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test func `a job that is not there is 66`() async throws {
    try await ControlHarness.with { harness async throws in
      for verb in ["show", "why", "cancel", "retry", "hold", "release", "publish", "forget", "logs", "wait", "watch"] {
        let outcome = try await trainctl(harness, verb, "nope@1")
        #expect(outcome.status == 66, "\(verb)")
        #expect(outcome.errors.contains("there is no job 'nope@1'"), "\(verb)")
      }
    }
  }

  @Test func `a refused spec is 65, and the others are named`() async throws {
    let refusal = ApplyView.Refusal(
      spec: "hardhat", place: "jobs.d/hardhat.yaml:3:5", message: "its identity changed",
      hint: "trainctl run hardhat --version V", differences: ["train.tags[0]: \"a\" -> \"b\""])
    try await ControlHarness.with(.init(refusals: [refusal])) { harness async throws in
      let outcome = try await trainctl(harness, "apply", "--dry-run")
      #expect(outcome.status == 65)
      #expect(outcome.output == "a@1 would be started\n")
      #expect(outcome.errors.contains("jobs.d/hardhat.yaml:3:5: its identity changed\n  train.tags[0]: \"a\" -> \"b\""))
      let json = try await trainctl(harness, "apply", "-o", "json")
      #expect(json.status == 65)
      #expect(try json.json()["refused"]?.array?.count == 1)
    }
  }

  @Test func `a problem is 1`() async throws {
    try await ControlHarness.with { harness async throws in
      #expect(try await trainctl(harness, "doctor").status == 0)
      harness.daemon.change { $0.hasProblems = true }
      #expect(try await trainctl(harness, "doctor").status == 1)
    }
  }

  // Output.

  @Test(arguments: [
    ["list"], ["show", "hardhat@1.4.0"], ["why", "hardhat@1.4.0"], ["apply"], ["run", "a", "--version", "2"],
    ["cancel", "hardhat@1.4.0"], ["cancel", "hardhat@1.4.0", "hardhat@1.4.0"], ["hold", "hardhat@1.4.0"],
    ["release", "hardhat@1.4.0", "--adopt"], ["retry", "hardhat@1.4.0"], ["publish", "hardhat@1.4.0"],
    ["forget", "hardhat@1.4.0"], ["events"], ["logs", "hardhat@1.4.0"], ["jobs", "list", "--provider", "viam"],
    ["jobs", "show", "r1", "--provider", "viam"], ["jobs", "show", "r1", "--provider", "viam", "--adopt"],
    ["models", "list", "--registry", "syn"], ["models", "versions", "--registry", "syn"],
    ["models", "show", "m1", "--registry", "syn"], ["ground-truth", "events", "--registry", "syn"],
    ["ground-truth", "version", "42", "--registry", "syn"],
    ["jobs", "cancel", "r1", "--provider", "viam"], ["jobs", "logs", "r1", "--provider", "viam"], ["status"],
    ["doctor"], ["config", "show"], ["reload"], ["drain"], ["version"],
    ["wait", "hardhat@1.4.0", "--for", "running"],
  ])
  func `json is one document with its schema, for every verb`(arguments: [String]) async throws {
    try await ControlHarness.with(Self.one) { harness async throws in
      let outcome = try await CommandLineTool.run(arguments + ["--socket", harness.socket, "-o", "json"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try outcome.json()["schema"] == 1)
    }
  }

  @Test func `options stand before or after the verb`() async throws {
    try await ControlHarness.with(Self.one) { harness async throws in
      let expected = try await CommandLineTool.run(["list", "--socket", harness.socket, "-o", "json"]).output
      #expect(expected.contains("\"schema\":1"))
      for arguments in [
        ["--socket", harness.socket, "-o", "json", "list"], ["-o", "json", "list", "--socket=\(harness.socket)"],
        ["--output=json", "--socket", harness.socket, "list"], ["-ojson", "list", "--socket", harness.socket],
      ] {
        #expect(try await CommandLineTool.run(arguments).output == expected, "\(arguments)")
      }
      let environment = ["TRAIND_SOCKET": harness.socket]
      #expect(try await CommandLineTool.run(["-o", "json", "list"], environment: environment).output == expected)
      let nested = try await CommandLineTool.run(
        ["-o", "jsonl", "jobs", "list", "--provider", "viam"], environment: environment)
      #expect(nested.output == "{\"id\":\"r1\",\"odd\":{\"field\":1}}\n{\"id\":\"r2\"}\n")
    }
  }

  @Test func `jsonl has one object on each line`() async throws {
    let state = ScriptedDaemon.State(jobs: [Samples.job("a@1", .done), Samples.job("b@1", .failed)])
    try await ControlHarness.with(state) { harness async throws in
      let outcome = try await trainctl(harness, "-o", "jsonl", "list")
      let lines = outcome.output.split(separator: "\n")
      let ids = try lines.map { try JSON.parse(Array($0.utf8), what: "a line")["id"] }
      #expect(ids == ["a@1", "b@1"])
    }
  }

  @Test func `a table is aligned, and what others wrote cannot steer the terminal`() async throws {
    let state = ScriptedDaemon.State(jobs: [
      Samples.job("hardhat@1.4.0", .running), Samples.job("a@1", .failed, note: "evil \u{1B}[2J\n\u{9B}31m\u{202E}"),
    ])
    try await ControlHarness.with(state) { harness async throws in
      let outcome = try await trainctl(harness, "list")
      let lines = outcome.output.split(separator: "\n").map(String.init)
      try #require(lines.count == 3)
      let column = try #require(lines[0].range(of: "STATE")).lowerBound.utf16Offset(in: lines[0])
      #expect(lines[1].dropFirst(column).hasPrefix("running"))
      #expect(lines[2].dropFirst(column).hasPrefix("failed"))
      #expect(lines[2].contains("evil \\u{1b}[2J\\u{a}\\u{9b}31m\\u{202e}"))
      let why = try await trainctl(harness, "why", "a@1")
      #expect(why.output == "It waits for a slot.\n  | loss \\u{1b}[31m\n")
    }
  }

  @Test func `every flag reaches the daemon`() async throws {
    try await ControlHarness.with(Self.one) { harness async throws in
      _ = try await trainctl(harness, "list", "--all", "--state", "running", "--spec", "hardhat")
      _ = try await trainctl(harness, "run", "a", "--version", "1.5.0", "--set", "train.k=v", "--set", "train.l=[1, 2]")
      _ = try await trainctl(harness, "release", "hardhat@1.4.0", "--adopt")
      _ = try await trainctl(harness, "publish", "hardhat@1.4.0", "--registry", "synapse")
      _ = try await trainctl(harness, "publish", "hardhat@1.4.0", "--give-up", "synapse")
      _ = try await trainctl(harness, "jobs", "list", "--provider", "viam", "--status", "RUN NING")
      _ = try await trainctl(harness, "jobs", "show", "x/y", "--provider", "viam", "--adopt", "--spec", "hardhat")
      _ = try await trainctl(harness, "drain", "--off")
      #expect(
        harness.daemon.calls == [
          "list running hardhat true false", "run a 1.5.0 [\"train.k=v\", \"train.l=[1, 2]\"]",
          "release hardhat@1.4.0 true", "publish hardhat@1.4.0 synapse -", "publish hardhat@1.4.0 - synapse",
          "platform viam RUN NING", "platform viam adopt x/y hardhat", "drain false", "status",
        ])
    }
  }

  // Files.

  @Test func `a file is read here and sent whole`() async throws {
    try await ControlHarness.with { harness async throws in
      let file = "\(harness.directory)/mine.yaml"
      _ = FileManager.default.createFile(atPath: file, contents: Data("provider: viam\n".utf8))
      let outcome = try await trainctl(harness, "submit", file)
      #expect(outcome.status == 0)
      #expect(outcome.output == "submitted@1 accepted, queued\n")
      #expect(outcome.errors == "trainctl: warning: a warning\n")
      #expect(harness.daemon.calls == ["submit mine.yaml 15"])
      #expect(try await trainctl(harness, "submit", "\(file).not").status == 66)
      _ = FileManager.default.createFile(atPath: file, contents: Data(count: 1 << 20 + 1))
      let large = try await trainctl(harness, "submit", file)
      #expect(large.status == 65)
      #expect(large.errors.contains("1048576"))
    }
  }

  @Test func `specs are checked without a daemon`() async throws {
    let directory = "/tmp/traind-check-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let good = "\(directory)/good.yaml"
    let bad = "\(directory)/bad.yaml"
    let spec = "provider: viam\nmodel: {version: auto}\ntrain: {dataset: x}\n"
    _ = FileManager.default.createFile(atPath: good, contents: Data(spec.utf8))
    _ = FileManager.default.createFile(atPath: bad, contents: Data("\(spec)publsh: []\n".utf8))
    let fine = try await CommandLineTool.run(["check", good])
    #expect(fine.status == 0, "\(fine.errors)")
    #expect(fine.output == "\(good): ok\n")
    let both = try await CommandLineTool.run(["check", bad, good])
    #expect(both.status == 65)
    #expect(both.output == "\(good): ok\n")
    #expect(both.errors.hasPrefix("trainctl: check \(bad):4:1: "), "\(both.errors)")
    #expect(both.errors.contains("publish"))
    let json = try await CommandLineTool.run(["-o", "json", "check", bad, good])
    #expect(json.status == 65)
    #expect(try json.json()["files"]?.array?.map { $0["ok"] } == [false, true])
    #expect(try json.json()["schema"] == 1)
    #expect(try await CommandLineTool.run(["check", "\(good).not"]).status == 66)
    #expect(try await CommandLineTool.run(["check", "/etc/traind/traind.yaml"]).status == 64)
  }

  @Test func `a backup replaces its file whole or not at all`() async throws {
    try await ControlHarness.with(.init(backup: [[1, 2], [3]])) { harness async throws in
      let file = "\(harness.directory)/copy.db"
      _ = FileManager.default.createFile(atPath: file, contents: Data("old".utf8))
      let outcome = try await trainctl(harness, "backup", file)
      #expect(outcome.status == 0)
      #expect(FileManager.default.contents(atPath: file) == Data([1, 2, 3]))
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
      harness.daemon.change {
        $0.backup = [[9]]
        $0.backupFault = ControlError(.failed, "back up", "the disk is gone")
      }
      #expect(try await trainctl(harness, "backup", file).status == 69)
      #expect(FileManager.default.contents(atPath: file) == Data([1, 2, 3]))
      let left = try FileManager.default.contentsOfDirectory(atPath: harness.directory)
      #expect(left.sorted() == ["control.sock", "copy.db"])
    }
  }
}
