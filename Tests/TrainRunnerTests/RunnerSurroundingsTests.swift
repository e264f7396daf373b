import Foundation
import Glibc
import Testing
import TrainCore

@testable import TrainRunner

@Suite struct RunnerSurroundingsTests {
  @Test func `a command has a clean environment and no descriptors`() async throws {
    setenv("TRAIND_TEST_SECRET", "leaked", 1)
    let bench = try RunnerBench()
    try await bench.serving {
      let script = "env | sort > env; ls /proc/self/fd > fd; readlink /proc/self/fd/0 > stdin; pwd > pwd; umask > umask"
      _ = try bench.client.start(bench.request("a.1", script, environment: ["GREETING": "hello = you"]))
      #expect(try bench.end(of: "a.1").code == 0)
      let work = bench.jobs + "/a.1/work"
      let home = String(cString: getpwuid(geteuid()).pointee.pw_dir)
      // PWD, _ and the like are the shell's own.
      let ours = bench.text(of: work + "/env").split(separator: "\n").filter {
        !["PWD=", "OLDPWD=", "SHLVL=", "_="].contains(where: $0.hasPrefix)
      }
      #expect(
        ours == [
          "GREETING=hello = you", "HOME=\(home)", "LANG=C.UTF-8", "NOTIFY_SOCKET=\(bench.jobs)/a.1/notify",
          "PATH=\(CommandEnvironment.path)", "TRAIND_ATTEMPT=1", "TRAIND_JOB=hat@1.0", "TRAIND_MODEL_NAME=hat",
          "TRAIND_MODEL_VERSION=1.0", "TRAIND_OUTPUT=\(bench.jobs)/a.1/output",
        ])
      // 3 is ls's own, of the directory.
      #expect(bench.text(of: work + "/fd") == "0\n1\n2\n3\n")
      #expect(bench.text(of: work + "/stdin") == "/dev/null\n")
      #expect(bench.text(of: work + "/pwd") == work + "\n")
      #expect(bench.text(of: work + "/umask") == "0022\n")
    }
  }

  @Test func `a shim holds nothing of the runner and has a session of its own`() async throws {
    let bench = try RunnerBench()
    try await bench.serving {
      _ = try bench.client.start(bench.request("a.1", "echo up; exec sleep 1000"))
      try bench.text(of: bench.jobs + "/a.1/log") { $0 == "up\n" }
      let shim = try bench.record(ShimRecord.self, of: "a.1", ShimRecord.name)
      let stat = try #require(ProcessStat(of: shim.pid))
      #expect(stat.session == shim.pid)
      #expect(ProcessStat(of: shim.command)?.group == shim.command)
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(shim.pid)/fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(shim.pid)/fd/\($0)")
      }
      // /dev/null twice, its complaints, its directory, lock, log, signals, notifications, the command's output.
      #expect(open.filter { $0.hasPrefix("socket:") }.count == 1)
      #expect(open.count <= 10, "\(open)")
      _ = try bench.client.stop("a.1", force: true)
      _ = try bench.end(of: "a.1")
    }
  }

  @Test(arguments: ["r", String(repeating: "long", count: 40)])
  func `what a command tells about itself arrives`(name: String) async throws {
    let bench = try RunnerBench(name)
    try await bench.serving {
      _ = mkfifo(bench.directory + "/go", 0o600)
      let script = """
        import os, socket
        def tell(text):
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.connect(os.environ["NOTIFY_SOCKET"]); s.send(text)
        assert len(os.environ["NOTIFY_SOCKET"]) < 108
        tell(b"STATUS=epoch 1/10\\nX_TRAIND_PROGRESS=0.1\\nX_TRAIND_METRIC=loss=0.5\\nX_TRAIND_METRIC=acc=0.25")
        tell(b"X_TRAIND_METRIC=loss=nan\\nX_TRAIND_PROGRESS=much\\nREADY=1\\nnonsense")
        open("\(bench.directory)/go").read()
        tell(b"STATUS=done\\nX_TRAIND_PROGRESS=7")
        """
      var request = bench.request("a.1", "")
      request.command = ["python3", "-c", script]
      _ = try bench.client.start(request)
      let running = try bench.status("a.1") { $0.progress != nil }
      #expect(running.phase == .running && running.progress == 0.1 && running.status == "epoch 1/10")
      #expect(running.metrics == ["loss": 0.5, "acc": 0.25])
      try Data().write(to: URL(fileURLWithPath: bench.directory + "/go"))
      let ended = try bench.end(of: "a.1")
      #expect(ended.code == 0, "\(ended.tail ?? "")")
      #expect(ended.progress == 1 && ended.status == "done")
    }
  }

  @Test func `a log has a cap, its last lines are kept, and the command goes on`() async throws {
    let bench = try RunnerBench()
    try await bench.serving {
      _ = try bench.client.start(
        bench.request("a.1", "echo first; head -c 70000000 /dev/zero | tr '\\0' 'x'; echo; echo last words; exit 3"))
      let ended = try bench.end(of: "a.1", within: 120)
      #expect(ended.code == 3)
      #expect(ended.tail?.hasSuffix("last words") == true)
      let page = try bench.client.logs("a.1", offset: 0, limit: 6)
      #expect(page.bytes == Array("first\n".utf8) && page.ended)
      #expect(page.size > JobLog.mostBytes && page.size < JobLog.mostBytes + 3 * JobLog.keptTail)
      let end = try bench.client.logs("a.1", offset: Int64(JobLog.mostBytes), limit: 1 << 20).bytes
      #expect(String(decoding: end, as: UTF8.self).contains("[traind: the log is full at 67108864 bytes; "))
    }
  }

  @Test func `the last lines say why a command failed, however long its lines are`() async throws {
    let bench = try RunnerBench()
    try await bench.serving {
      _ = try bench.client.start(
        bench.request("a.1", "head -c 5000 /dev/zero | tr '\\0' y; echo; echo why >&2; exit 1"))
      let tail = try #require(bench.end(of: "a.1").tail)
      #expect(tail == "why")
      _ = try bench.client.start(bench.request("b.1", "head -c 5000 /dev/zero | tr '\\0' y; exit 1"))
      #expect(try bench.end(of: "b.1").tail?.utf8.count == JobStatus.tailBytes)
    }
  }

  @Test(.enabled(if: geteuid() == 0)) func `peers of another user are refused unless they are allowed`() async throws {
    let bench = try RunnerBench()
    chmod(bench.directory, 0o755)
    for (arguments, isAllowed) in [([], false), (["--allow-uid", "65534"], true), (["--allow-user", "nobody"], true)] {
      let socket = bench.directory + "/open"
      let server = Process()
      server.executableURL = URL(fileURLWithPath: RunnerBench.executable)
      server.arguments = ["serve", "--socket", socket, "--directory", bench.jobs] + arguments
      try server.run()
      defer {
        server.terminate()
        server.waitUntilExit()
        #expect(server.terminationStatus == 0)
        unlink(socket)
      }
      for pause: Int32 in [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560] {
        if (try? RunnerClient(socket: socket).list()) != nil { break }
        poll(nil, 0, pause)
      }
      chmod(socket, 0o666)
      let script = """
        import socket
        s = socket.socket(socket.AF_UNIX); s.connect("\(socket)")
        try: s.sendall(b'{"version":1,"call":{"list":{"limit":1}}}\\n')
        except BrokenPipeError: pass  # refused already
        print(s.makefile().readline())
        """
      let peer = Process()
      let said = Pipe()
      peer.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
      peer.arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", script]
      peer.standardOutput = said
      try peer.run()
      let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      peer.waitUntilExit()
      #expect(text.contains("not-permitted") == !isAllowed, "\(text)")
      #expect(text.contains("statuses") == isAllowed, "\(text)")
    }
  }

  @Test func `messages that make no sense are answered, or hung up on, and do no harm`() async throws {
    let bench = try RunnerBench()
    try await bench.serving {
      let bad: [[UInt8]] = [
        Array("nonsense\n".utf8), Array(#"{"version":2,"call":{"list":{"limit":1}}}"#.utf8) + [10],
        Array(#"{"version":1,"call":{"fly":{}}}"#.utf8) + [10],
        [UInt8](repeating: 65, count: RunnerMessage.longest + 10) + [10], Array("half a".utf8),
      ]
      for message in bad {
        let socket = try UnixSocket.connect(to: bench.client.socket)
        var stream = SocketStream(socket)
        try? stream.write(message, by: Deadline(after: .seconds(5)))
        shutdown(socket.raw, Int32(SHUT_WR))
        let answer = try? stream.line(limit: 1 << 20, by: Deadline(after: .seconds(5)))
        if let answer {
          let text = String(decoding: answer, as: UTF8.self)
          #expect(text.contains("bad-request") || text.contains("unsupported-version"))
        }
      }
      var request = bench.request("../escape", "true")
      for key in ["../escape", "", ".hidden", "a/b", String(repeating: "k", count: 251)] {
        request.key = key
        #expect(throws: RunnerError.self) { try bench.client.start(request) }
      }
      #expect(try bench.client.list().isEmpty)
    }
  }

  @Test func `a socket that systemd passes is served`() async throws {
    let bench = try RunnerBench()
    let script = """
      import os, socket, sys
      s = socket.socket(socket.AF_UNIX); s.bind("\(bench.directory)/passed"); s.listen(8)
      os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
      os.environ["LISTEN_PID"] = str(os.getpid()); os.environ["LISTEN_FDS"] = "1"
      os.execv(sys.argv[1], ["traind-runner", "serve", "--directory", "\(bench.jobs)"])
      """
    let server = Process()
    server.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    server.arguments = ["-c", script, RunnerBench.executable]
    try server.run()
    defer {
      server.terminate()
      server.waitUntilExit()
    }
    let client = RunnerClient(socket: bench.directory + "/passed")
    for pause: Int32 in [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120] {
      if (try? client.list()) != nil { break }
      poll(nil, 0, pause)
    }
    #expect(try client.list().isEmpty)
    _ = try client.start(bench.request("a.1", "echo $LISTEN_FDS$LISTEN_PID. > env"))
    try bench.text(of: bench.jobs + "/a.1/work/env") { $0 == ".\n" }
  }

  @Test func `a runner ends with its parent and leaves jobs alone`() async throws {
    let bench = try RunnerBench()
    try await bench.serving {
      _ = try bench.client.start(bench.request("a.1", "exec sleep 1000"))
      _ = try bench.status("a.1") { $0.phase == .running }
    }
    let shim = try bench.record(ShimRecord.self, of: "a.1", ShimRecord.name)
    #expect(kill(shim.command, 0) == 0)
    kill(shim.command, SIGKILL)
    try await bench.blocking { try bench.text(of: bench.jobs + "/a.1/exit.json") { $0.contains("\"signal\":9") } }
  }
}
