internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Doctor: Verb {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Look for what is wrong, and say what to do.",
    discussion: "Exit code 1 when there is a problem; warnings are none.")

  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let document = try session.client.get("/v1/doctor")
    let doctor: DoctorView = try document.value()
    try session.answer(document, as: DoctorView.self) { doctor in
      for finding in doctor.findings {
        session.console.line(Escape.line("\(finding.verdict.rawValue): \(finding.subject): \(finding.message)"))
        if let hint = finding.hint { session.console.line("  hint: \(Escape.line(hint))") }
      }
    }
    return doctor.hasProblems ? 1 : 0
  }
}
