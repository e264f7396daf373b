internal import ArgumentParser
internal import TrainControl

/// One verb of the command line.
protocol Verb: ParsableCommand {
  var global: GlobalOptions { get }
  /// Returns the exit code.
  func perform(_ session: Session) throws(ControlError) -> Int32
}
