internal import TrainCore

/// A publication's own keys: `name experiment run_name description tags`.
struct MLflowKeys: Hashable, Sendable {
  static let known = ["name", "experiment", "run_name", "description", "tags"]
  /// Older servers take no longer tag.
  private static let longestTag = 5000

  /// The registered model. With the model's version as a tag: the natural key.
  var name: String
  /// A name. The run that holds the files is made in it.
  var experiment: String
  var runName: String
  var description: String?
  /// Tags of the version beside traind's own.
  var tags: [String: String]

  init(_ release: Release) {
    let options = release.options
    name = options["name"]?.string ?? release.modelName
    experiment = options["experiment"]?.string ?? "Default"
    runName = options["run_name"]?.string ?? "\(release.modelName)-\(release.modelVersion)"
    description = options["description"]?.string
    tags = (options["tags"]?.object ?? [:]).compactMapValues(Self.text)
  }

  static func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    let keys = PublicationKeys(publication, of: spec)
    let options = publication.options
    var problems = keys.unknown(known: known)
    for key in ["name", "experiment", "run_name", "description"] {
      guard let value = options[key] else { continue }
      if value.string?.isEmpty != false { problems.append(keys.problem(key, "must be text")) }
    }
    if let name = options["name"]?.string, name.contains(where: { "/:'\"`".contains($0) }) || name.count > 250 {
      problems.append(
        keys.problem("name", "cannot name a registered model", hint: "at most 250 characters, none of / : ' \" `"))
    }
    if let tags = options["tags"] { problems += Self.problems(inTags: tags, keys) }
    if let alias = publication.alias, !isAlias(alias) {
      problems.append(
        keys.problem(
          "promote.alias", "'\(alias)' is no alias to MLflow",
          hint: "letters, digits, '_' and '-'; not latest, nor v and a number"))
    }
    return problems
  }

  private static func isAlias(_ word: String) -> Bool {
    guard (1...255).contains(word.utf8.count),
      word.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
    else { return false }
    let isNumbered = word.first?.lowercased() == "v" && word.utf8.count > 1 && word.dropFirst().allSatisfy(\.isNumber)
    return !isNumbered && word.lowercased() != "latest"
  }

  private static func problems(inTags tags: JSON, _ keys: PublicationKeys) -> [SpecProblem] {
    guard let members = tags.object else { return [keys.problem("tags", "must be a mapping of names to texts")] }
    return members.sorted { $0.key < $1.key }.compactMap { key, value in
      if key.hasPrefix("traind.") {
        return keys.problem("tags.\(key)", "is written by traind itself", hint: "use another name")
      }
      guard isName(key), key.utf8.count <= 250 else {
        return keys.problem(
          "tags.\(key)", "cannot name a tag", hint: "letters, digits, spaces and _ - . : / only, at most 250")
      }
      guard let text = text(value), text.utf8.count <= longestTag else {
        return keys.problem("tags.\(key)", "must be a text, number or boolean of at most \(longestTag) characters")
      }
      return nil
    }
  }

  private static func text(_ value: JSON) -> String? {
    switch value {
    case .string(let text): text
    case .int, .double, .bool: value.canonical
    case .null, .array, .object: nil
    }
  }

  /// What MLflow takes as the name of a tag, a parameter or a metric.
  static func isName(_ key: String) -> Bool { !key.isEmpty && key == fitted(key) }

  /// The nearest thing to `key` that MLflow takes as the name of a tag, a parameter or a metric.
  static func fitted(_ key: String) -> String {
    let plain = Set("_-. :/".utf8)
    let bytes = key.utf8.map { isAlphanumeric($0) || plain.contains($0) ? $0 : UInt8(ascii: "_") }
    return String(decoding: bytes.prefix(250), as: UTF8.self)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
