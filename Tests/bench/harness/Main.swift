import Glibc

/// One measurement per call, each in a process of its own; `Tests/bench/run` puts them side by side.
@main struct Main {
  static func main() async {
    let arguments = Arguments(Array(CommandLine.arguments.dropFirst()))
    do {
      switch arguments.verb {
      case "sink": try await SinkServer().run()
      case "spool": try await SpoolDigests(arguments).run()
      case "publish": try await Upload(arguments).run()
      case "flushes": try Flushes(arguments).run()
      case "commits": try await Commits(arguments).run()
      case "prepare": try await SampleJobs(arguments).write()
      case "owing": try await OwingQuery(arguments).run()
      case "supervise": try await Supervision(arguments).run()
      case "launch": try Launches(arguments).run()
      default:
        Report.complain(
          "usage: traind-bench sink|spool|publish|flushes|commits|prepare|owing|supervise|launch [--KEY VALUE]...")
        exit(64)
      }
    } catch {
      Report.complain("traind-bench \(arguments.verb): \(error)")
      exit(1)
    }
  }
}
