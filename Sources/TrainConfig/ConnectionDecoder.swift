internal import TrainCore

/// One of the sections `providers:` and `registries:`.
struct ConnectionDecoder {
  private static let common = ["kind", "proxy", "ca", "max_running", "settle"]

  let schemas: [ConnectionSchema]

  func decode(_ section: WrittenValue) -> [ConnectionConfig] {
    guard let members = section.members(hint: "as {NAME: {kind: KIND}}") else { return [] }
    return members.compactMap { member in
      guard Naming.isName(member.key) else {
        section.problems.add(
          member.place, "`\(Shown.text(member.key))` cannot name a connection", hint: Naming.nameHint)
        return nil
      }
      let value = WrittenValue(
        node: member.value, path: "\(section.path).\(member.key)", problems: section.problems)
      return decode(value, name: member.key, place: member.place)
    }
  }

  private func decode(_ value: WrittenValue, name: String, place: Place) -> ConnectionConfig? {
    let kinds = schemas.map(\.kind)
    let known = "known kinds: \(kinds.joined(separator: ", "))"
    guard let members = value.members(hint: "as {kind: KIND}; \(known)") else { return nil }
    let kind = Fields(
      members.filter { $0.key == "kind" }, path: value.path, place: place, known: ["kind"], problems: value.problems
    ).required("kind", hint: known)
    guard let kind, let word = kind.text() else { return nil }
    guard let schema = schemas.first(where: { $0.kind == word }) else {
      let near = Nearest.word(to: word, among: kinds).map { "did you mean `\($0)`? " } ?? ""
      kind.fail("cannot be `\(Shown.text(word))`", hint: near + known)
      return nil
    }
    let fields = Fields(
      members, path: value.path, place: place, known: schema.keys.map(\.name) + ConnectionDecoder.common,
      problems: value.problems)
    var settings: [String: JSON] = [:]
    for key in schema.keys {
      let written =
        key.required
        ? fields.required(key.name, hint: "kind \(word) needs it: \(hint(key.value))") : fields.value(key.name)
      settings[key.name] = written.flatMap { setting($0, key.value) }
    }
    return ConnectionConfig(
      name: name, kind: word, settings: .object(settings),
      proxy: fields.value("proxy")?.url(
        schemes: ["http://", "https://"],
        login: "for a proxy that needs one, set HTTPS_PROXY in the service's environment"),
      ca: fields.value("ca")?.absolutePath(), maxRunning: fields.value("max_running")?.count(),
      settle: fields.value("settle")?.duration())
  }

  private func setting(_ written: WrittenValue, _ value: ConnectionSchema.Value) -> JSON? {
    switch value {
    case .string: written.text().map(JSON.string)
    case .integer(let least): written.wholeNumber(least: least).map(JSON.int)
    case .duration: written.duration().map { .int($0.wholeMilliseconds) }
    case .size: written.size().map(JSON.int)
    case .path: written.absolutePath().map(JSON.string)
    case .url: written.url(schemes: ["http://", "https://", "unix://"]).map(JSON.string)
    case .secret: written.secret()
    case .choice(let words): written.choice(words).map(JSON.string)
    case .boolean: written.boolean().map(JSON.bool)
    }
  }

  private func hint(_ value: ConnectionSchema.Value) -> String {
    switch value {
    case .string: "a text"
    case .integer(let least): "a whole number, at least \(least)"
    case .duration: Quantity.durationHint
    case .size: Quantity.sizeHint
    case .path: "an absolute path"
    case .url: "a URL"
    case .secret: "{credential: NAME}, {file: PATH} or {env: NAME}"
    case .choice(let words): words.joined(separator: ", ")
    case .boolean: "true or false"
    }
  }
}
