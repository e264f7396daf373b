internal import ArgumentParser
internal import Glibc
internal import TrainCrash
internal import TrainRunner

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answers traind on a Unix socket.",
    discussion: """
      The socket is the one that systemd passes (LISTEN_FDS), or --listen-fd, or --socket. Ending this program ends no \
      job: whoever serves the directory next finds them all.
      """)

  @Option(help: ArgumentHelp("Listen here; a socket that is there is replaced.", valueName: "path"))
  var socket: String?

  @Option(help: ArgumentHelp("Take over a listening socket from the parent.", valueName: "number"))
  var listenFd: Int32?

  @Option(help: ArgumentHelp("Where jobs are kept.", valueName: "path"))
  var directory: String

  @Option(help: ArgumentHelp("A uid that may connect, beside root and our own; repeatable.", valueName: "uid"))
  var allowUid: [UInt32] = []

  @Option(help: ArgumentHelp("The same by name; repeatable.", valueName: "name"))
  var allowUser: [String] = []

  @Flag(help: "Exit when standard input is closed: the parent is gone.")
  var whileStdin = false

  func run() throws {
    let switches = CrashSwitch.environment()
    let boundary = try CrashSwitch.boundary(switches)
    do throws(RunnerError) {
      let allowed = Set(allowUid).union(try allowUser.map(uid))
      let server = try RunnerServer(
        listener: listener(isOpen: !allowed.isEmpty), directory: directory, allowed: allowed, boundary: boundary,
        environment: switches)
      ServiceNotice.send("READY=1")
      try server.run(lifeline: whileStdin ? Descriptor(adopting: STDIN_FILENO) : nil)
      ServiceNotice.send("STOPPING=1")
    } catch {
      complain(error)
      throw ExitCode(error.code == .io ? 1 : 75)
    }
  }

  private func listener(isOpen: Bool) throws(RunnerError) -> Descriptor {
    if let passed = try ListenSocket.fromSystemd() { return passed }
    if let listenFd { return try ListenSocket.adopting(listenFd) }
    if let socket { return try UnixSocket.listen(at: socket, open: isOpen) }
    throw RunnerError(
      .io, "serving: there is no socket to listen on", hint: "give --socket, or start it by traind-runner.socket")
  }

  private func uid(of name: String) throws(RunnerError) -> UInt32 {
    guard let entry = getpwnam(name) else { throw RunnerError(.io, "--allow-user \(name): there is no such user") }
    return entry.pointee.pw_uid
  }

  private func complain(_ error: RunnerError) {
    var text = "traind-runner: \(error.message)\n"
    if let hint = error.hint { text += "hint: \(hint)\n" }
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
