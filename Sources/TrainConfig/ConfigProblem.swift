/// Something that is wrong with a configuration file or a job spec, and where.
public struct ConfigProblem: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable {
    /// What it is in cannot be used.
    case error
    /// It is left out; what is around it can be used.
    case warning
  }

  /// Where it is. ``Place/line`` is 0 when the whole file is meant.
  public var place: Place
  /// What is wrong. Never holds the value of a key that may be a secret.
  public var message: String
  /// What to do about it.
  public var hint: String?
  public var severity: Severity

  public init(_ place: Place, _ message: String, hint: String? = nil, severity: Severity = .error) {
    self.place = place
    self.message = message
    self.hint = hint
    self.severity = severity
  }
}

extension ConfigProblem: CustomStringConvertible {
  /// `file:line:column: what (hint)`, or `file: what (hint)` when the whole file is meant.
  /// One line without control characters, whatever the file holds.
  public var description: String {
    let text = "\(place): \(message)"
    return Shown.line(hint.map { "\(text) (\($0))" } ?? text)
  }
}

/// Everything that is wrong with a file, in the file's order.
public struct ConfigProblems: Error, Hashable, Sendable, CustomStringConvertible {
  public var problems: [ConfigProblem]

  public init(_ problems: [ConfigProblem]) { self.problems = problems }

  /// One problem a line.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
