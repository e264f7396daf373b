public import ArgumentParser
internal import Glibc
internal import TrainControl
internal import TrainCore

/// The command line of `traind`.
public struct TraindCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "traind",
    abstract: "Runs training jobs and publishes what they produce as model versions.",
    version: "traind \(ProgramVersion.text)")

  @Option(
    name: .customLong("config-dir"),
    help: "A directory with traind.yaml and jobs.d; repeat for more, the last wins. Replaces the default list.")
  var configDirectories: [String] = []

  @Option(name: .customLong("state-dir"), help: "Where jobs are kept.")
  var stateDirectory: String?

  @Option(name: .customLong("runtime-dir"), help: "Where the control socket is.")
  var runtimeDirectory: String?

  @Option(help: "Where the log goes: auto, journal or stderr.")
  var log: LogDestination = .auto

  @Flag(help: "Validate everything and exit: 0, or 78 with every problem.")
  var check = false

  public init() {}

  public func run() async throws {
    let environment = Environment.all()
    let options = DaemonOptions(
      configDirectories: configDirectories.map(Environment.absolute),
      stateDirectory: stateDirectory.map(Environment.absolute),
      runtimeDirectory: runtimeDirectory.map(Environment.absolute), log: log, program: Environment.program(),
      environment: environment)
    let daemon = Daemon(options)
    if check {
      let problems = daemon.check()
      for problem in problems { Environment.complain(problem) }
      if !problems.isEmpty { throw ExitCode(DaemonFailure.Status.badConfiguration.rawValue) }
      print("the configuration is valid")
      return
    }
    do {
      try await daemon.run()
    } catch let failure as DaemonFailure {
      Environment.complain(failure.description)
      throw ExitCode(failure.status.rawValue)
    } catch {
      Environment.complain("traind: \(error)")
      throw ExitCode(DaemonFailure.Status.failed.rawValue)
    }
  }
}

extension LogDestination: ExpressibleByArgument {}

/// What the process was given.
enum Environment {
  static func all() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let words = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if words.count == 2 { variables[String(words[0])] = String(words[1]) }
      entry += 1
    }
    return variables
  }

  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard let directory = getcwd(&buffer, buffer.count) else { return path }
    return "\(String(cString: directory))/\(path)"
  }

  /// The path of the running program.
  static func program() -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { readlink("/proc/self/exe", $0, bytes.count) } ?? -1
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : CommandLine.arguments[0]
  }

  static func complain(_ text: String) {
    let bytes = Array("\(text)\n".utf8)
    bytes.withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
  }
}
