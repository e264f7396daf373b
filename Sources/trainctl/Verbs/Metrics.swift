internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Metrics: Verb {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Counters in Prometheus' text format, whatever -o says.")

  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let document = try session.client.get("/metrics")
    session.console.write(Escape.lines(String(decoding: document.bytes, as: UTF8.self)))
    return 0
  }
}
