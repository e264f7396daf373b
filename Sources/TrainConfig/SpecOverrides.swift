public import TrainCore

extension JobSpec {
  /// The spec with another version and other values under `train`, in ``train`` and ``written`` alike.
  /// - Parameters:
  ///   - version: what `--version` was given, `nil` when it was not.
  ///   - settings: what each `--set` was given, as `train.epochs=3`. A value is read like one in a file: `3` is a
  ///     number, `"3"` text, `[a, b]` a list. Mappings on the way to it are made.
  /// - Throws: ``Fault/Code/rejected``, naming the option.
  public func overriding(version: String? = nil, settings: [String] = []) throws(Fault) -> JobSpec {
    var spec = self
    if let version {
      if let problem = VersionProblem(version) {
        throw .permanent(.rejected, "--version \(problem.message)", hint: problem.hint)
      }
      spec.version = version == "auto" ? .auto : .fixed(version)
      var model = spec.written["model"] ?? .empty
      model["version"] = .string(version)
      spec.written["model"] = model
    }
    for setting in settings {
      let (path, value) = try SpecSetting.parse(setting)
      spec.train = try SpecSetting.put(value, at: path[...], in: spec.train, setting: setting)
      spec.written["train"] = spec.train
    }
    return spec
  }
}

/// One `--set train.a.b=value`.
enum SpecSetting {
  static func parse(_ setting: String) throws(Fault) -> (path: [String], value: JSON) {
    guard let equals = setting.firstIndex(of: "=") else {
      throw .permanent(.rejected, "--set \(Shown.text(setting)) has no `=`", hint: "as --set train.epochs=3")
    }
    let path = setting[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.count > 1, path.first == "train", path.count <= YAMLReader.mostDepth,
      !path.contains(where: { $0.isEmpty || $0.contains("[") })
    else {
      throw .permanent(
        .rejected, "--set cannot set `\(Shown.text(String(setting[..<equals])))`",
        hint: "name a key under train, as --set train.epochs=3; a list is given whole, as train.tags=[a, b]")
    }
    return (Array(path.dropFirst()), try value(String(setting[setting.index(after: equals)...]), in: setting))
  }

  private static func value(_ text: String, in setting: String) throws(Fault) -> JSON {
    // Text needs no quotes here, whatever is in it; only what is quoted or bracketed is YAML's business.
    guard let first = text.first, "\"'[{".contains(first) else {
      if case .value(let value) = CoreSchema.value(of: text) { return value }
      throw .permanent(
        .rejected, "--set \(Shown.text(setting)): the number cannot be held exactly", hint: "put it in quotes")
    }
    let reading = YAMLReader.read(Array(text.utf8), file: "--set")
    let problems = ProblemList()
    if let root = reading.root, reading.problems.isEmpty,
      let value = WrittenValue(node: root, path: "value", problems: problems).json()
    {
      return value
    }
    let why = (reading.problems + problems.all).first?.message ?? "it says nothing"
    throw .permanent(
      .rejected, "--set \(Shown.text(setting)) cannot be read: \(why)", hint: "write the value as a spec would")
  }

  static func put(_ value: JSON, at path: ArraySlice<String>, in tree: JSON, setting: String) throws(Fault) -> JSON {
    guard let key = path.first else { return value }
    guard case .object(var members) = tree else {
      throw .permanent(
        .rejected, "--set \(Shown.text(setting)): what holds `\(key)` is not a mapping",
        hint: "give the whole of it instead")
    }
    members[key] = try put(value, at: path.dropFirst(), in: members[key] ?? .empty, setting: setting)
    return .object(members)
  }
}
