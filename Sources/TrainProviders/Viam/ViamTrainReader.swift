internal import TrainCore
internal import TrainViam

/// Reads a spec's `train:` and notes every problem of it.
struct ViamTrainReader {
  private(set) var problems: [SpecProblem] = []

  mutating func read(_ train: JSON) -> ViamTrain? {
    guard let keys = train.object else {
      note("train", "must be a mapping", hint: "see the keys dataset, type, tags, framework or dataset, script")
      return nil
    }
    if keys["script"] != nil { return script(keys) }
    check(keys, against: ["dataset", "type", "tags", "framework", "script"], at: "train")
    let dataset = text(keys, "dataset", at: "train", required: true)
    let type = choice(keys, "type", of: ViamTrain.types, required: true)
    let tags = tags(keys["tags"])
    let framework = choice(keys, "framework", of: ViamTrain.frameworks, required: false)
    guard let dataset, let type, problems.isEmpty else { return nil }
    return .standard(.init(dataset: dataset, type: type, tags: tags, framework: framework))
  }

  private mutating func script(_ keys: [String: JSON]) -> ViamTrain? {
    for key in ["type", "tags", "framework"] where keys[key] != nil {
      note("train.\(key)", "means nothing beside script", hint: "a script decides it by itself: drop the key")
    }
    check(keys, against: ["dataset", "type", "tags", "framework", "script"], at: "train")
    let dataset = text(keys, "dataset", at: "train", required: true)
    guard let members = keys["script"]?.object else {
      note(
        "train.script", "must be a mapping", hint: #"write {item: "namespace:name", version: ..., arguments: {...}}"#)
      return nil
    }
    let path = "train.script"
    check(members, against: ["item", "version", "container", "container_id", "arguments"], at: path)
    let item = text(members, "item", at: path, required: true)
    if let item, item.count(where: { $0 == ":" }) != 1 || item.hasPrefix(":") || item.hasSuffix(":") {
      note("\(path).item", "'\(item)' is no item of the registry", hint: "write it as namespace:name")
    }
    let version = text(members, "version", at: path, required: false)
    let container = text(members, "container", at: path, required: false)
    let containerID = text(members, "container_id", at: path, required: false)
    if container != nil, containerID != nil {
      note("\(path).container_id", "excludes container", hint: "give one of the two")
    }
    let arguments = arguments(members["arguments"])
    guard let dataset, let item, problems.isEmpty else { return nil }
    return .script(
      .init(
        dataset: dataset, item: item, version: version, container: container, containerID: containerID,
        arguments: arguments))
  }

  private mutating func tags(_ value: JSON?) -> [String] {
    guard let values = value?.array, !values.isEmpty else {
      note(
        "train.tags", value == nil ? "is missing" : "must be a list of labels", hint: "write tags: [hardhat, person]")
      return []
    }
    var tags: [String] = []
    for (index, value) in values.enumerated() {
      guard let tag = value.string, !tag.isEmpty else {
        note("train.tags[\(index)]", "must be text", hint: "put it in quotes")
        continue
      }
      if tags.contains(tag) { note("train.tags[\(index)]", "'\(tag)' is there twice") }
      tags.append(tag)
    }
    return tags
  }

  /// Values that are not text are passed to the script as they are written in JSON.
  private mutating func arguments(_ value: JSON?) -> [String: String] {
    guard let value else { return [:] }
    guard let members = value.object else {
      note("train.script.arguments", "must be a mapping", hint: "write {epochs: 10}")
      return [:]
    }
    var arguments: [String: String] = [:]
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      let path = "train.script.arguments.\(key)"
      if key.isEmpty || !key.utf8.allSatisfy(ViamName.isWord) {
        note(path, "is no name for an argument", hint: "use letters, digits, '_' and '-'")
      }
      switch value {
      case .string(let text): arguments[key] = text
      case .bool, .int, .double: arguments[key] = value.canonical
      case .null, .array, .object: note(path, "must be one value", hint: "write a text or a number")
      }
    }
    return arguments
  }

  private mutating func text(_ keys: [String: JSON], _ key: String, at path: String, required: Bool) -> String? {
    guard let value = keys[key] else {
      if required { note("\(path).\(key)", "is missing") }
      return nil
    }
    guard let text = value.string else {
      note("\(path).\(key)", "must be text", hint: "put it in quotes")
      return nil
    }
    if text.isEmpty { note("\(path).\(key)", "is empty") }
    return text
  }

  private mutating func choice<Value>(
    _ keys: [String: JSON], _ key: String, of values: KeyValuePairs<String, Value>, required: Bool
  ) -> Value? {
    guard let word = text(keys, key, at: "train", required: required), !word.isEmpty else { return nil }
    if let found = values.first(where: { $0.key == word }) { return found.value }
    note("train.\(key)", "'\(word)' is not known", hint: "one of: \(values.map(\.key).joined(separator: ", "))")
    return nil
  }

  private mutating func check(_ keys: [String: JSON], against known: [String], at path: String) {
    for key in keys.keys.sorted() where !known.contains(key) {
      let nearest = ViamName.nearest(to: key, in: known)
      note(
        "\(path).\(key)", "is not known", hint: "did you mean \(nearest)? The keys are \(known.joined(separator: ", "))"
      )
    }
  }

  private mutating func note(_ path: String, _ message: String, hint: String? = nil) {
    problems.append(SpecProblem(path: path, message, hint: hint))
  }
}
