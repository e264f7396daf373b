internal import Glibc

/// Starts shims: processes of their own session that outlive the runner and hold nothing of it.
struct ShimStarter: Sendable {
  /// The program of this process, whatever becomes of its name.
  var executable = "/proc/self/exe"

  /// - Parameter path: the job's directory.
  func start(_ path: String, complaints: String) throws(RunnerError) {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Not in the headers' view that Swift has; the same on every architecture.
    let newSession: Int32 = 0x80
    posix_spawnattr_setflags(
      &attributes, Int16(Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | newSession))
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, complaints, O_WRONLY | O_CREAT | O_APPEND, 0o600)

    var pid = pid_t()
    let result = withCStrings(["traind-runner", "shim", path]) { arguments in
      withCStrings(["PATH=\(CommandEnvironment.path)"]) { environment in
        posix_spawn(&pid, executable, &actions, &attributes, arguments, environment)
      }
    }
    guard result == 0 else { throw .system("starting the shim of \(path)", result) }
  }
}
