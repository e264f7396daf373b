internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "The daemon's configuration.", subcommands: [ShowIt.self])

  struct ShowIt: Verb {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "The configuration in force; secrets by reference.")

    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      try session.answer(try session.client.get("/v1/config"), as: ConfigView.self) { view in
        for file in view.files { session.console.line("# \(Escape.line(file))") }
        PrettyJSON.lines(view.config).forEach(session.console.line)
      }
      return 0
    }
  }
}
