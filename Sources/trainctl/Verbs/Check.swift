internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Check: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate specs without a daemon.")

  @Argument(help: "Specs.") var files: [String]
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    throw ControlError(.unsupported, "check", "not yet")
  }
}
