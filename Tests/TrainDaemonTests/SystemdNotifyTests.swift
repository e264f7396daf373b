import Glibc
import Synchronization
import Testing
import TrainCore

@testable import TrainDaemon

@Suite struct SystemdNotifyTests {
  @Test(arguments: [false, true])
  func `the supervisor hears each step of the daemon's life`(abstract: Bool) throws {
    let listener = try DatagramListener(abstract: abstract)
    let notifier = Notifier(environment: ["NOTIFY_SOCKET": listener.path])
    #expect(notifier.isSupervised)
    notifier.ready(status: "3 jobs")
    notifier.status("4 jobs")
    notifier.stopping()
    #expect(listener.received() == ["READY=1\nSTATUS=3 jobs", "STATUS=4 jobs", "STOPPING=1"])
    listener.stop()
  }

  @Test func `a reload says when it began`() throws {
    let listener = try DatagramListener()
    Notifier(environment: ["NOTIFY_SOCKET": listener.path]).reloading()
    let message = try #require(listener.received().first)
    let lines = message.split(separator: "\n").map(String.init)
    #expect(lines.first == "RELOADING=1")
    #expect(lines.last.flatMap { Int64($0.dropFirst("MONOTONIC_USEC=".count)) } ?? 0 > 0)
    listener.stop()
  }

  @Test func `a status cannot smuggle in another assignment and has a cap`() throws {
    let listener = try DatagramListener()
    let notifier = Notifier(environment: ["NOTIFY_SOCKET": listener.path])
    notifier.status("job\nMAINPID=1\nWATCHDOG=trigger")
    notifier.status(String(repeating: "s", count: 10_000))
    let messages = listener.received()
    #expect(messages.first == "STATUS=job\\nMAINPID=1\\nWATCHDOG=trigger")
    #expect(messages.last?.utf8.count == "STATUS=".utf8.count + Notifier.mostStatusBytes)
    listener.stop()
  }

  @Test(arguments: [[:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "/nowhere/socket"], ["NOTIFY_SOCKET": "vsock:2:1"]])
  func `without a supervisor every call does nothing`(environment: [String: String]) {
    let notifier = Notifier(environment: environment)
    notifier.ready()
    notifier.watchdog()
    #expect(notifier.watchdogInterval == nil)
  }

  @Test func `the watchdog's interval is the one that was set for this process`() {
    #expect(Notifier(environment: ["WATCHDOG_USEC": "30000000"], pid: 7).watchdogInterval == .seconds(30))
    #expect(
      Notifier(environment: ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], pid: 7).watchdogInterval
        == .seconds(30))
    #expect(Notifier(environment: ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"], pid: 7).watchdogInterval == nil)
    for wrong in ["0", "-5", "soon", ""] {
      #expect(Notifier(environment: ["WATCHDOG_USEC": wrong], pid: 7).watchdogInterval == nil)
    }
  }

  @Test func `the watchdog is fed only while the work turns`() async throws {
    let listener = try DatagramListener()
    let notifier = Notifier(environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "30000000"])
    let answers = ScriptedAnswers([true, true, false, true])
    let time = CountedTime(sleeps: 3)
    try await WatchdogService(notifier: notifier, time: time) { answers.next() }.run()
    #expect(listener.received() == ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"])
    #expect(time.monotonic == .seconds(30), "three rounds of a third of the interval")
    listener.stop()
  }

  @Test func `announced sockets are found by name`() throws {
    let sockets = try ListenSockets(
      environment: ["LISTEN_PID": "7", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "control:metrics"], pid: 7)
    #expect(sockets.descriptors == ["control": 3, "metrics": 4, "unknown": 5])
  }

  @Test func `sockets of another process are left alone`() throws {
    #expect(try ListenSockets(environment: ["LISTEN_PID": "8", "LISTEN_FDS": "1"], pid: 7).descriptors.isEmpty)
    #expect(try ListenSockets(environment: ["LISTEN_FDS": "1"], pid: 7).descriptors.isEmpty)
    #expect(try ListenSockets(environment: [:], pid: 7).descriptors.isEmpty)
  }

  @Test(arguments: ["", "-1", "many", "65"])
  func `a broken announcement is an error that says what to do`(count: String) {
    let fault = #expect(throws: Fault.self) {
      try ListenSockets(environment: ["LISTEN_PID": "7", "LISTEN_FDS": count], pid: 7)
    }
    #expect(fault?.hint?.contains("LISTEN_FDS") == true)
  }
}

private final class ScriptedAnswers: Sendable {
  private let answers: Mutex<[Bool]>
  init(_ answers: [Bool]) { self.answers = Mutex(answers) }
  func next() -> Bool { answers.withLock { $0.isEmpty ? false : $0.removeFirst() } }
}

/// Every sleep ends at once at its deadline; after the given number of them the sleeper is cancelled.
private final class CountedTime: TimeSource {
  private let state: Mutex<(now: Duration, left: Int)>

  init(sleeps: Int) { state = Mutex((.zero, sleeps)) }

  var now: Timestamp { Timestamp(milliseconds: 0) }
  var monotonic: Duration { state.withLock { $0.now } }
  func sleep(until deadline: Duration) async throws {
    try state.withLock { state in
      guard state.left > 0 else { throw CancellationError() }
      state = (deadline, state.left - 1)
    }
  }
}
