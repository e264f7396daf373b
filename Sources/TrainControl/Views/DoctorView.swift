public import TrainCore

/// What was looked at, and what is wrong.
public struct DoctorView: Hashable, Sendable, WireValue {
  public struct Finding: Hashable, Sendable, WireValue {
    public enum Verdict: String, Hashable, Sendable { case ok, warning, problem }
    /// What was looked at: `provider viam`.
    public var subject: String
    public var verdict: Verdict
    public var message: String
    public var hint: String?

    public init(_ subject: String, _ verdict: Verdict, _ message: String, hint: String? = nil) {
      self.subject = subject
      self.verdict = verdict
      self.message = message
      self.hint = hint
    }

    public init(_ json: JSON) throws(ControlError) {
      let finding = try Members(json, of: "a finding")
      subject = try finding.string("subject")
      verdict = Verdict(rawValue: try finding.string("verdict")) ?? .problem
      message = try finding.string("message")
      hint = try finding.optionalString("hint")
    }

    public var json: JSON {
      [
        "subject": .string(subject), "verdict": .string(verdict.rawValue), "message": .string(message),
        "hint": .text(hint),
      ]
    }
  }

  public var findings: [Finding]

  public init(findings: [Finding]) { self.findings = findings }

  public init(_ json: JSON) throws(ControlError) { findings = try Members(json, of: "findings").list("findings") }

  public var hasProblems: Bool { findings.contains { $0.verdict == .problem } }
  public var json: JSON { ["schema": wireSchema, "ok": .bool(!hasProblems), "findings": .list(findings)] }
}
