import Foundation
import Glibc
import Testing
import TrainCore

@testable import TrainRunner

@Suite struct RunnerTests {
  let bench: RunnerBench

  init() throws { bench = try RunnerBench() }

  @Test func `a command runs and what it wrote is read byte for byte`() async throws {
    try await bench.serving {
      let script = """
        mkdir "$TRAIND_OUTPUT/deep"; head -c 3000000 /dev/urandom > "$TRAIND_OUTPUT/deep/model.bin"
        : > "$TRAIND_OUTPUT/empty"; cat "$TRAIND_OUTPUT/deep/model.bin" > "$COPY"; echo said; echo complained >&2
        """
      let started = try bench.client.start(
        bench.request("hat@1.0.1", script, environment: ["COPY": bench.directory + "/copy"]))
      #expect(started.job == "hat@1.0")
      let ended = try bench.end(of: "hat@1.0.1")
      #expect(ended.phase == .exited && ended.code == 0 && ended.signal == nil && !ended.stopped)
      #expect(ended.started != nil && ended.ended != nil)

      let files = try bench.client.files("hat@1.0.1")
      #expect(files.map(\.path) == ["deep/model.bin", "empty"])
      #expect(files.map(\.bytes) == [3_000_000, 0])
      var bytes: [UInt8] = []
      while true {
        let part = try bench.client.read(
          "hat@1.0.1", path: files[0].path, tag: files[0].tag, offset: Int64(bytes.count), length: 1 << 20)
        if part.isEmpty { break }
        bytes += part
      }
      #expect(try Data(bytes) == Data(contentsOf: URL(fileURLWithPath: bench.directory + "/copy")))
      #expect(try bench.log("hat@1.0.1") == "said\ncomplained\n")
    }
  }

  @Test func `a start that is asked for again starts nothing`() async throws {
    let count = bench.directory + "/count"
    let request = bench.request("a.1", "echo ran >> '\(count)'; cat '\(bench.directory)/go'")
    _ = mkfifo(bench.directory + "/go", 0o600)
    try await bench.serving {
      for _ in 0..<5 { _ = try bench.client.start(request) }
      try bench.text(of: count) { !$0.isEmpty }
      #expect(try bench.client.start(request).phase == .running)
    }
    try await bench.serving {
      #expect(try bench.client.start(request).phase == .running)
      try Data().write(to: URL(fileURLWithPath: bench.directory + "/go"))
      _ = try bench.end(of: "a.1")
      #expect(try bench.client.start(request).phase == .exited)
    }
    // Also by hand, and for a shim that comes much too late.
    #expect(runShim(bench.jobs + "/a.1") == 0)
    #expect(bench.text(of: count) == "ran\n")
  }

  @Test func `a key belongs to one identity`() async throws {
    try await bench.serving {
      _ = try bench.client.start(bench.request("a.1", "true"))
      let error = #expect(throws: RunnerError.self) {
        try bench.client.start(bench.request("a.1", "true", identity: "other"))
      }
      #expect(error?.code == .conflict)
    }
  }

  @Test func `a job that was accepted gets its shim from the next runner`() async throws {
    let bystander = try RunnerJobs(bench.jobs, starter: ShimStarter(executable: "/bin/true"))
    #expect(try bystander.start(bench.request("a.1", "exit 4")).phase == .pending)
    try await bench.serving {
      let ended = try bench.end(of: "a.1")
      #expect(ended.code == 4)
    }
  }

  @Test func `a runner that is killed is replaced by one that finds the job and its exit status`() async throws {
    _ = mkfifo(bench.directory + "/go", 0o600)
    try await bench.blocking {
      let first = try bench.serve()
      _ = try bench.client.start(bench.request("a.1", "cat '\(bench.directory)/go'; exit 7"))
      _ = try bench.status("a.1") { $0.phase == .running }
      first.kill()
      #expect(first.wait() == "signal 9")
      // While there is no runner.
      try Data().write(to: URL(fileURLWithPath: bench.directory + "/go"))
      try bench.text(of: bench.jobs + "/a.1/exit.json") { !$0.isEmpty }
    }
    try await bench.serving {
      let ended = try bench.end(of: "a.1")
      #expect(ended.phase == .exited && ended.code == 7)
    }
  }

  @Test func `a shim that is killed takes its command along`() async throws {
    try await bench.serving {
      _ = try bench.client.start(
        bench.request(
          "a.1", "trap '' TERM HUP; (trap '' TERM HUP; exec sleep 1000) & echo $! > child; echo $$ > self; wait"))
      let child = try #require(Int32(bench.text(of: bench.jobs + "/a.1/work/child") { $0.hasSuffix("\n") }.dropLast()))
      let command = try #require(Int32(bench.text(of: bench.jobs + "/a.1/work/self") { $0.hasSuffix("\n") }.dropLast()))
      let shim = try bench.record(ShimRecord.self, of: "a.1", ShimRecord.name)
      #expect(shim.command == command && kill(command, 0) == 0 && kill(child, 0) == 0)
      kill(shim.pid, SIGKILL)
      let ended = try bench.end(of: "a.1")
      #expect(ended.phase == .vanished && ended.message?.contains("killed") == true && !ended.stopped)
      #expect(isGone(command) && isGone(child))
    }
  }

  @Test func `a job that was running when the machine went down has failed`() async throws {
    try await bench.serving {
      _ = try bench.client.start(bench.request("a.1", "exec sleep 1000"))
      _ = try bench.status("a.1") { $0.phase == .running }
      var shim = try bench.record(ShimRecord.self, of: "a.1", ShimRecord.name)
      kill(shim.pid, SIGKILL)
      shim.boot = "another"
      let root = try #require(try Descriptor.openDirectory(bench.jobs + "/a.1"))
      try RecordFile.write(shim, to: ShimRecord.name, in: root)
      let ended = try bench.end(of: "a.1")
      #expect(ended.phase == .vanished && ended.message?.contains("machine went down") == true)
    }
  }

  @Test func `what a command leaves behind ends with it`() async throws {
    try await bench.serving {
      _ = try bench.client.start(
        bench.request("a.1", "setsid sleep 1000 & echo $! > child; sleep 1000 & echo $! > other; exit 0"))
      #expect(try bench.end(of: "a.1").code == 0)
      for name in ["child", "other"] {
        let text = bench.text(of: bench.jobs + "/a.1/work/" + name)
        #expect(isGone(try #require(Int32(text.dropLast()))))
      }
    }
  }

  @Test func `a hundred quick jobs all end`() async throws {
    try await bench.serving {
      for number in 0..<100 {
        _ = try bench.client.start(bench.request("q.\(number)", "echo \(number) > $TRAIND_OUTPUT/n; exit \(number)"))
      }
      for number in 0..<100 {
        let ended = try bench.end(of: "q.\(number)", within: 120)
        #expect(ended.phase == .exited && ended.code == number)
      }
      #expect(try bench.client.list().count == 100)
      #expect(try bench.client.list(after: "q.98").map(\.key) == ["q.99"])
    }
  }

  @Test func `a command that can't be executed fails with the reason`() async throws {
    try await bench.serving {
      try "no program".write(toFile: bench.directory + "/text", atomically: false, encoding: .utf8)
      chmod(bench.directory + "/text", 0o755)
      let cases: [(command: [String], directory: String?, says: String)] = [
        (["no-such-program"], nil, "no such program in PATH"),
        (["/no/such"], nil, "No such file"),
        ([bench.directory], nil, "Permission denied"),
        ([bench.directory + "/text"], nil, "#!"),
        (["true"], "/no/such", "entering the directory /no/such"),
      ]
      for (number, (command, directory, says)) in cases.enumerated() {
        var request = bench.request("bad.\(number)", "")
        request.command = command
        request.directory = directory
        _ = try bench.client.start(request)
        let ended = try bench.end(of: request.key)
        #expect(ended.phase == .failedToStart)
        #expect(ended.message?.contains(says) == true, "\(ended.message ?? "")")
      }
    }
  }

  @Test func `a removed job is remembered but its key is free for a later intent`() async throws {
    try await bench.serving {
      let request = bench.request("a.1", "echo x > $TRAIND_OUTPUT/x")
      _ = try bench.client.start(request)
      _ = try bench.end(of: "a.1")
      try bench.client.remove("a.1")
      try bench.client.remove("a.1")
      #expect(try bench.client.status(["a.1"])[0]?.phase == .released)
      #expect(!FileManager.default.fileExists(atPath: bench.jobs + "/a.1/output"))
      #expect(try bench.client.start(request).phase == .released)
      var later = request
      later.identity = "another"
      later.intended = WallClock.now
      #expect(try bench.client.start(later).phase != .released)
      #expect(try bench.end(of: "a.1").phase == .exited)
    }
  }

  @Test func `a job that runs is not removed and gives no files`() async throws {
    try await bench.serving {
      _ = try bench.client.start(bench.request("a.1", "exec sleep 1000"))
      #expect(throws: RunnerError.self) { try bench.client.remove("a.1") }
      #expect(throws: RunnerError.self) { try bench.client.files("a.1") }
      _ = try bench.client.stop("a.1", force: true)
      _ = try bench.end(of: "a.1")
    }
  }

  @Test func `a record that can't be read is one job's trouble`() async throws {
    try await bench.serving {
      for key in ["a.1", "b.1"] { _ = try bench.client.start(bench.request(key, "true")) }
      for key in ["a.1", "b.1"] { _ = try bench.end(of: key) }
    }
    try "torn".write(toFile: bench.jobs + "/a.1/request.json", atomically: false, encoding: .utf8)
    try await bench.serving {
      let statuses = try bench.client.status(["a.1", "b.1", "c.1"])
      #expect(statuses.map { $0?.phase } == [.unreadable, .exited, nil])
      #expect(statuses[0]?.message?.contains("request.json") == true)
    }
  }

  @Test func `links and the like are refused by name`() async throws {
    try await bench.serving {
      for (number, make) in ["ln -s /etc/passwd $TRAIND_OUTPUT/x", "mkfifo $TRAIND_OUTPUT/x", ":"].enumerated() {
        _ = try bench.client.start(bench.request("o.\(number)", make))
        _ = try bench.end(of: "o.\(number)")
      }
      let errors = (0..<3).map { number in
        #expect(throws: RunnerError.self) { try bench.client.files("o.\(number)") }
      }
      #expect(errors[0]?.message.contains("x in $TRAIND_OUTPUT is a symbolic link") == true)
      #expect(errors[1]?.message.contains("x in $TRAIND_OUTPUT is a fifo") == true)
      #expect(errors[2]?.code == .nothingWritten)
    }
  }

  @Test func `a file is read only as it was listed, and only inside the output`() async throws {
    try await bench.serving {
      _ = try bench.client.start(bench.request("a.1", "echo x > $TRAIND_OUTPUT/x; ln -s /etc $TRAIND_OUTPUT/../etc"))
      _ = try bench.end(of: "a.1")
      let file = try bench.client.files("a.1")[0]
      for path in ["../request.json", "/etc/passwd", "x/", "", "../etc/passwd"] {
        #expect(throws: RunnerError.self) {
          try bench.client.read("a.1", path: path, tag: file.tag, offset: 0, length: 10)
        }
      }
      try "other".write(toFile: bench.jobs + "/a.1/output/x", atomically: false, encoding: .utf8)
      let error = #expect(throws: RunnerError.self) {
        try bench.client.read("a.1", path: "x", tag: file.tag, offset: 0, length: 10)
      }
      #expect(error?.code == .changed)
    }
  }

  private func isGone(_ pid: Int32) -> Bool { ProcessStat(of: pid).map { $0.state == "Z" } ?? true }

  private func runShim(_ path: String) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: RunnerBench.executable)
    process.arguments = ["shim", path]
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
  }
}
