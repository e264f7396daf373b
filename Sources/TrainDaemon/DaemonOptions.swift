/// Where a daemon finds and keeps its things: the command line, with the environment's defaults filled in.
public struct DaemonOptions: Hashable, Sendable {
  /// Lowest precedence first.
  public var configDirectories: [String]
  public var stateDirectory: String
  public var runtimeDirectory: String
  public var log: LogDestination
  /// Socket of a traind-runner that somebody else runs; `nil` = start one.
  public var runnerSocket: String?
  /// Where `traind-runner` is.
  public var runnerProgram: String
  public var environment: [String: String]

  public init(
    configDirectories: [String] = [], stateDirectory: String? = nil, runtimeDirectory: String? = nil,
    log: LogDestination = .auto, program: String, environment: [String: String]
  ) {
    self.configDirectories =
      configDirectories.isEmpty ? ["/usr/lib/traind", "/run/traind", "/etc/traind"] : configDirectories
    self.stateDirectory = stateDirectory ?? environment["STATE_DIRECTORY"] ?? "/var/lib/traind"
    self.runtimeDirectory = runtimeDirectory ?? environment["RUNTIME_DIRECTORY"] ?? "/run/traind"
    self.log = log
    self.environment = environment
    runnerSocket = environment["TRAIND_RUNNER_SOCKET"]
    let directory = program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    runnerProgram = environment["TRAIND_RUNNER"] ?? "\(directory)/traind-runner"
  }
}
