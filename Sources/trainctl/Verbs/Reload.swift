internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Reload: Verb {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Read the configuration again.")

  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let document = try session.client.post("/v1/reload")
    let reload: ReloadView = try document.value()
    try session.answer(document, as: ReloadView.self) { reload in
      let console = session.console
      console.line(reload.changed.isEmpty ? "nothing changed" : "changed: \(keys(reload.changed))")
      if !reload.needRestart.isEmpty { console.line("at the next start: \(keys(reload.needRestart))") }
      if let apply = reload.apply { ApplyText.write(apply, to: console) }
    }
    for warning in reload.warnings { session.console.note("trainctl: warning: \(Escape.lines(warning))") }
    return reload.apply.map { $0.refused.isEmpty } ?? true ? 0 : ControlError.Kind.badSpec.exitCode
  }

  private func keys(_ keys: [String]) -> String { Escape.line(keys.joined(separator: ", ")) }
}
