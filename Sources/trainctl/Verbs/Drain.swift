internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Drain: Verb {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Start nothing new; what runs continues.")

  @Flag(help: "Go on as usual.") var off = false
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let document = try session.client.post("/v1/drain", [], DrainRequest(draining: !off))
    try session.answer(document, as: StatusView.self) { status in
      StatusText.lines(status, now: session.now).forEach(session.console.line)
    }
    return 0
  }
}
