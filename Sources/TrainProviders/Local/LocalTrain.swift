internal import TrainCore

/// `train:` of a local job: `{command: [..], directory: DIR, environment: {K: V}}`.
struct LocalTrain: Hashable, Sendable {
  /// The program, looked up in `PATH` unless it has a slash, and its arguments.
  var command: [String]
  /// `nil` = an empty directory of the job's own.
  var directory: String?
  var environment: [String: String]

  static let keys = ["command", "directory", "environment"]
  /// Of all texts together; a call of the runner has to hold them.
  static let mostBytes = 256 << 10

  /// Fault `.rejected` where ``problems(in:)`` finds any.
  init(_ train: JSON) throws(Fault) {
    if let problem = LocalTrain.problems(in: train).first {
      throw .permanent(.rejected, "\(problem.path): \(problem.message)", hint: problem.hint)
    }
    command = (train["command"]?.array ?? []).compactMap(\.string)
    directory = train["directory"]?.string
    environment = (train["environment"]?.object ?? [:]).compactMapValues(\.string)
  }

  static func problems(in train: JSON) -> [SpecProblem] {
    guard let members = train.object else {
      return [SpecProblem(path: "train", "is not a map", hint: "write {command: [..], directory: DIR}")]
    }
    var problems = members.keys.filter { !keys.contains($0) }.sorted().map(unknown)
    problems += commandProblems(members["command"])
    problems += directoryProblems(members["directory"])
    problems += environmentProblems(members["environment"])
    if problems.isEmpty && train.canonical.utf8.count > mostBytes {
      problems.append(
        SpecProblem(path: "train", "is longer than \(mostBytes) bytes", hint: "let the command read a file"))
    }
    return problems
  }

  private static func commandProblems(_ value: JSON?) -> [SpecProblem] {
    let hint = "write the program and each argument as a string: [python3, train.py]"
    guard let value else { return [SpecProblem(path: "train.command", "is missing", hint: hint)] }
    guard let words = value.array, !words.isEmpty else {
      return [SpecProblem(path: "train.command", "is not a list with a program in it", hint: hint)]
    }
    return words.enumerated().compactMap { index, word in
      let path = "train.command[\(index)]"
      guard let text = word.string else {
        return SpecProblem(path: path, "is not a string", hint: quoting(word))
      }
      if index == 0 && text.isEmpty { return SpecProblem(path: path, "names no program") }
      return text.utf8.contains(0) ? SpecProblem(path: path, "holds a NUL character") : nil
    }
  }

  private static func directoryProblems(_ value: JSON?) -> [SpecProblem] {
    guard let value else { return [] }
    guard let text = value.string, text.hasPrefix("/"), !text.utf8.contains(0) else {
      return [SpecProblem(path: "train.directory", "is not an absolute path", hint: "begin it with /")]
    }
    return []
  }

  private static func environmentProblems(_ value: JSON?) -> [SpecProblem] {
    guard let value else { return [] }
    guard let members = value.object else {
      return [SpecProblem(path: "train.environment", "is not a map", hint: "write {NAME: \"value\"}")]
    }
    return members.sorted { $0.key < $1.key }.compactMap { name, value in
      let path = "train.environment.\(name)"
      if !isName(name) {
        return SpecProblem(path: path, "is no name for a variable", hint: "use letters, digits and _")
      }
      if name.hasPrefix("TRAIND_") || name == "NOTIFY_SOCKET" {
        return SpecProblem(path: path, "is set by traind", hint: "choose another name")
      }
      guard let text = value.string else { return SpecProblem(path: path, "is not a string", hint: quoting(value)) }
      return text.utf8.contains(0) ? SpecProblem(path: path, "holds a NUL character") : nil
    }
  }

  private static func isName(_ text: String) -> Bool {
    let isLetter = { (byte: UInt8) in
      byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    return text.utf8.first.map(isLetter) == true && text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
  }

  private static func quoting(_ value: JSON) -> String {
    switch value {
    case .int, .double, .bool, .null: "put it in quotes: \"\(value.canonical)\""
    case .string, .array, .object: "write a string"
    }
  }

  private static func unknown(_ key: String) -> SpecProblem {
    let nearest = keys.map { ($0, distance(key, $0)) }.min { $0.1 < $1.1 }
    let hint =
      if let nearest, nearest.1 <= max(2, nearest.0.count / 3) {
        "did you mean \(nearest.0)?"
      } else {
        "known keys: \(keys.joined(separator: ", "))"
      }
    return SpecProblem(path: "train.\(key)", "is not a key of a local job", hint: hint)
  }

  /// How many letters to change, add or leave out.
  private static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b.prefix(64))
    var row = Array(0...b.count)
    for (i, x) in a.prefix(64).enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = x == y ? diagonal : 1 + min(diagonal, above, row[j])
        diagonal = above
      }
    }
    return row[b.count]
  }
}
