internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Apply: Verb {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Read the specs and start what is new.",
    discussion: "Exit code 65 when a spec was refused; the others are started all the same.")

  @Flag(help: "Say what would be done, and do nothing.") var dryRun = false
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let document = try session.client.post("/v1/apply", [], ApplyRequest(dryRun: dryRun))
    let applied: ApplyView = try document.value()
    try session.answer(document, as: ApplyView.self) { ApplyText.write($0, to: session.console) }
    if session.format != .table { ApplyText.writeProblems(applied, to: session.console) }
    return applied.refused.isEmpty ? 0 : ControlError.Kind.badSpec.exitCode
  }
}

enum ApplyText {
  static func write(_ view: ApplyView, to console: Console) {
    let would = view.dryRun ? "would be " : ""
    for job in view.started { console.line("\(job) \(would)started") }
    for job in view.updated { console.line("\(job) \(would)updated") }
    for spec in view.manual { console.line(Escape.line("\(spec) waits for trainctl run")) }
    if !view.unchanged.isEmpty { console.line("\(view.unchanged.count) unchanged") }
    writeProblems(view, to: console)
  }

  static func writeProblems(_ view: ApplyView, to console: Console) {
    for warning in view.warnings { console.note("trainctl: warning: \(Escape.lines(warning))") }
    for refusal in view.refused {
      let place = refusal.place.map { "\($0): " } ?? ""
      let differences = refusal.differences.map { "\n  \($0)" }.joined()
      console.report(
        ControlError(
          .badSpec, "apply \(refusal.spec)", place + refusal.message + differences, hint: refusal.hint))
    }
  }
}
