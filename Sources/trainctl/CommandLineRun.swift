internal import ArgumentParser
internal import TrainControl

/// From arguments to an exit code. Errors go to stderr as `trainctl: what failed: why` and a `hint:` line.
struct CommandLineRun {
  var console: Console

  func run(_ arguments: [String]) -> Int32 {
    do {
      return try perform(arguments)
    } catch let error as ControlError {
      console.report(error)
      return error.kind.exitCode
    } catch {
      return explain(error, arguments)
    }
  }

  private func perform(_ arguments: [String]) throws -> Int32 {
    let arguments = GlobalArguments.afterTheVerb(arguments)
    if let first = arguments.first, !first.hasPrefix("-"), !Trainctl.verbs.contains(first) {
      throw ControlError(
        .usage, "read the command line", "there is no verb '\(Escape.line(first))'",
        hint: Nearest.name(to: first, among: Trainctl.verbs).map { "did you mean 'trainctl \($0)'?" }
          ?? "see trainctl --help")
    }
    guard !arguments.isEmpty else {
      throw ControlError(.usage, "read the command line", "a verb is missing", hint: "see trainctl --help")
    }
    var command = try Trainctl.parseAsRoot(arguments)
    guard let verb = command as? any Verb else {
      if command is PlatformJobs || command is Models || command is GroundTruth || command is Config {
        throw ControlError(
          .usage, "read the command line", "a verb is missing after '\(arguments[0])'",
          hint: "see trainctl help \(arguments[0])")
      }
      try command.run()
      return 0
    }
    return try verb.perform(Session(options: verb.global, console: console))
  }

  /// Help and versions, which the parser throws too, go to stdout.
  private func explain(_ error: any Error, _ arguments: [String]) -> Int32 {
    let code = Trainctl.exitCode(for: error)
    if code.isSuccess {
      console.line(Trainctl.fullMessage(for: error))
      return 0
    }
    let verb = arguments.first { Trainctl.verbs.contains($0) }
    console.report(
      ControlError(
        .usage, "read the command line", Trainctl.message(for: error),
        hint: "see trainctl help\(verb.map { " \($0)" } ?? "")"))
    return ControlError.Kind.usage.exitCode
  }
}
