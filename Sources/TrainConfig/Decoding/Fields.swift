/// The members of one mapping, each asked for by its key. Keys that nobody knows are problems from the start.
struct Fields {
  /// Of the mapping; `""` = the whole file.
  let path: String
  /// Where what is missing is missed: the mapping's own key.
  let place: Place
  private let members: [String: YAMLNode.Member]
  private let problems: ProblemList

  init(
    _ members: [YAMLNode.Member], path: String, place: Place, known: [String], problems: ProblemList
  ) {
    self.path = path
    self.place = place
    self.problems = problems
    self.members = Dictionary(members.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let known = known.filter { !$0.isEmpty }
    for member in members where !known.contains(member.key) {
      problems.add(
        member.place, "unknown key `\(Shown.text(join(member.key), most: 200))`",
        hint: Nearest.hint(for: member.key, among: known, called: "keys"))
    }
  }

  func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The value of a key; `nil` when the key is not there. A key with nothing behind it is a problem.
  func value(_ key: String) -> WrittenValue? {
    guard let member = members[key] else { return nil }
    let value = WrittenValue(node: member.value, path: join(key), problems: problems)
    guard !member.value.isNull else {
      value.fail("has no value", hint: "give it one, or remove the key")
      return nil
    }
    return value
  }

  /// Like ``value(_:)``, but a key with nothing behind it is a section whose content is commented out.
  func section(_ key: String) -> WrittenValue? {
    members[key].flatMap { $0.value.isNull ? nil : WrittenValue(node: $0.value, path: join(key), problems: problems) }
  }

  func required(_ key: String, hint: String) -> WrittenValue? {
    guard let member = members[key] else {
      problems.add(place, "`\(join(key))` is missing", hint: hint)
      return nil
    }
    guard !member.value.isNull else {
      problems.add(member.value.place, "`\(join(key))` has no value", hint: hint)
      return nil
    }
    return value(key)
  }
}
