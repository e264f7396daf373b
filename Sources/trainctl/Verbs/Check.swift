internal import ArgumentParser
internal import TrainConfig
internal import TrainControl
internal import TrainCore

struct Check: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate specs without a daemon.",
    discussion: """
      Says all that is wrong with them, with file, line and column. Exit code 65 when something is. What a provider or
      registry makes of its own keys, and whether there is one of that name, only the daemon knows: see apply --dry-run.
      """)

  @Argument(help: "Specs.") var files: [String]
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    for file in files where file.split(separator: "/").last == "traind.yaml" {
      throw ValidationError("\(file) is the daemon's configuration; traind --check validates it")
    }
  }

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    var reports: [JSON] = []
    var isGood = true
    for file in files {
      let problems = Self.problems(in: try InputFile.read(file, what: "check \(file)"), of: file)
      isGood = isGood && problems.isEmpty
      switch session.format {
      case .table:
        if problems.isEmpty { session.console.line("\(Escape.line(file)): ok") }
        for problem in problems {
          let error = ControlError(.badSpec, "check \(problem.place)", problem.message, hint: problem.hint)
          session.console.report(error)
        }
      case .json: reports.append(Self.report(file, problems))
      case .jsonl: session.console.json(Self.report(file, problems))
      }
    }
    if session.format == .json {
      session.console.json(["schema": wireSchema, "ok": .bool(isGood), "files": .array(reports)])
    }
    return isGood ? 0 : ControlError.Kind.badSpec.exitCode
  }

  private static func problems(in bytes: [UInt8], of file: String) -> [ConfigProblem] {
    do throws(ConfigProblems) {
      _ = try SpecDecoder().decode(bytes, file: file, name: try SpecDecoder.name(ofFile: file))
      return []
    } catch {
      return error.problems
    }
  }

  private static func report(_ file: String, _ problems: [ConfigProblem]) -> JSON {
    let problems = problems.map { problem -> JSON in
      [
        "line": .integer(problem.place.line), "column": .integer(problem.place.column),
        "message": .string(problem.message), "hint": .text(problem.hint),
      ]
    }
    return ["file": .string(file), "ok": .bool(problems.isEmpty), "problems": .array(problems)]
  }
}
