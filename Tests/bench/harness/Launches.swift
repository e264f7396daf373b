import Glibc

/// How long a command takes from nothing to its end, started again and again. Its output is thrown away.
struct Launches {
  private let runs: Int
  private let command: [String]

  init(_ arguments: Arguments) throws {
    runs = try arguments.number("runs", or: 1)
    command = arguments.command
    guard !command.isEmpty else { throw Arguments.Missing(description: "-- COMMAND is missing") }
  }

  func run() throws {
    var walls: [Double] = []
    var processor = 0.0
    var resident = 0
    for _ in 0..<runs {
      let (wall, usage) = try launch()
      walls.append(wall)
      processor += seconds(usage.ru_utime) + seconds(usage.ru_stime)
      resident = max(resident, usage.ru_maxrss)
    }
    Report.line("median-ms", walls.quantile(0.5) * 1000)
    Report.line("least-ms", (walls.min() ?? .nan) * 1000)
    Report.line("p90-ms", walls.quantile(0.9) * 1000)
    Report.line("processor-ms", processor / Double(runs) * 1000)
    Report.line("peak", resident)
  }

  private func launch() throws -> (wall: Double, usage: rusage) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var arguments = command.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process = pid_t()
    let begun = Clock.now
    let failure = posix_spawnp(&process, command[0], &actions, nil, &arguments, environ)
    guard failure == 0 else {
      throw Arguments.Missing(description: "\(command[0]): \(String(cString: strerror(failure)))")
    }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
    let wall = Clock.now - begun
    guard status == 0 else { throw Arguments.Missing(description: "\(command[0]) failed (status \(status))") }
    return (wall, usage)
  }

  private func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
