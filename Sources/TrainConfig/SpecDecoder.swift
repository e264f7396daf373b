internal import TrainCore

/// Bytes of a job spec -> ``LocatedSpec``, or everything that is wrong with them.
///
/// What `train:` and the keys of a publication mean is for the provider and the registry to check
/// (``LocatedSpec/located(_:)`` puts their problems in place).
public struct SpecDecoder: Sendable {
  private static let known = [
    "provider", "model", "train", "publish", "retry", "limits", "start", "sign", "provenance",
  ]
  /// Files of more bytes are refused.
  public static let mostBytes = YAMLReader.mostBytes

  public init() {}

  /// The spec's name: the file's without its ending.
  public static func name(ofFile path: String) throws(ConfigProblems) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard file.hasSuffix(".yaml") else {
      throw ConfigProblems([ConfigProblem(Place(file: path), "a job spec's file must end in .yaml")])
    }
    let name = String(file.dropLast(5))
    guard Naming.isName(name) else {
      throw ConfigProblems([
        ConfigProblem(Place(file: path), "`\(Shown.text(name))` cannot name a job spec", hint: Naming.nameHint)
      ])
    }
    return name
  }

  /// - Parameters:
  ///   - file: what problems name.
  ///   - name: the spec's, from ``name(ofFile:)``.
  public func decode(_ bytes: [UInt8], file: String, name: String) throws(ConfigProblems) -> LocatedSpec {
    let reading = YAMLReader.read(bytes, file: file)
    let problems = ProblemList()
    guard let root = reading.root else {
      guard reading.problems.isEmpty else { throw ConfigProblems(ProblemList.sorted(reading.problems, files: [file])) }
      throw ConfigProblems([
        ConfigProblem(
          Place(file: file, line: 1, column: 1), "the file says nothing",
          hint: "a job spec has provider, model and train")
      ])
    }
    let spec = decode(root, name: name, problems: problems)
    let all = ProblemList.sorted(reading.problems + problems.all, files: [file])
    guard let spec, all.isEmpty else { throw ConfigProblems(all) }
    return LocatedSpec(spec: spec, file: file, places: Places(of: root))
  }

  private func decode(_ root: YAMLNode, name: String, problems: ProblemList) -> JobSpec? {
    guard case .mapping(let members) = root.content else {
      problems.add(root.place, "a job spec must be a mapping, not \(root.noun)", hint: "write `key: value`")
      return nil
    }
    let top = Fields(members, path: "", place: root.place, known: SpecDecoder.known, problems: problems)
    let provider = top.required("provider", hint: "a name under `providers:` of traind.yaml")?.text()
    let model = top.required("model", hint: "as {version: auto}").flatMap {
      self.model($0, place: place(of: "model", in: members))
    }
    let train = top.required("train", hint: "what the provider is to train").flatMap(self.train)
    let publish = top.section("publish").map(self.publish) ?? []
    let attempts = top.section("retry")?.fields(known: ["attempts"], hint: "as {attempts: 3}")?
      .value("attempts")?.attempts()
    let limits = top.section("limits").map(self.limits) ?? .init()
    let start = top.value("start")?.choice(["apply", "manual"]).flatMap(JobSpec.Start.init)
    let signingKey = top.section("sign").flatMap(self.signingKey)
    let provenance = top.section("provenance").flatMap(self.provenance)
    guard let provider, let model, let train else { return nil }
    return JobSpec(
      name: name, provider: provider, modelName: model.name ?? name, version: model.version, train: train,
      publish: publish, attempts: attempts, limits: limits, start: start ?? .apply,
      signingKey: signingKey, provenance: provenance,
      written: ["provider": .string(provider), "model": model.written, "train": train])
  }

  private func place(of key: String, in members: [YAMLNode.Member]) -> Place? {
    members.first { $0.key == key }?.place
  }

  private struct Model {
    var name: String?
    var version: JobSpec.VersionRule
    var written: JSON
  }

  private func model(_ value: WrittenValue, place: Place?) -> Model? {
    let hint = "as {name: hardhat, version: auto}"
    guard let fields = value.fields(at: place, known: ["name", "version"], hint: hint) else { return nil }
    let name = fields.value("name").flatMap { written in
      written.text().flatMap { text -> String? in
        guard Naming.isName(text) else {
          written.fail("cannot be `\(Shown.text(text))`", hint: Naming.nameHint)
          return nil
        }
        return text
      }
    }
    guard let written = fields.required("version", hint: "version: auto"), let text = written.text() else { return nil }
    if let problem = VersionProblem(text) {
      written.fail(problem.message, hint: problem.hint)
      return nil
    }
    var model: [String: JSON] = ["version": .string(text)]
    model["name"] = name.map(JSON.string)
    return Model(name: name, version: text == "auto" ? .auto : .fixed(text), written: .object(model))
  }

  private func train(_ value: WrittenValue) -> JSON? {
    value.members(hint: "the provider's own keys")?.isEmpty == nil ? nil : value.json()
  }

  private func publish(_ value: WrittenValue) -> [JobSpec.Publication] {
    var publications: [JobSpec.Publication] = []
    var seen: [String: String] = [:]
    for element in value.elements() ?? [] {
      guard let members = element.members(hint: "as {registry: shelf}") else { continue }
      let own = ["registry", "promote"]
      let fields = Fields(
        members.filter { own.contains($0.key) }, path: element.path, place: element.node.place, known: own,
        problems: element.problems)
      let registry = fields.required("registry", hint: "a name under `registries:` of traind.yaml")
      let alias = fields.value("promote").flatMap(self.alias)
      var rest = element.node
      rest.content = .mapping(members.filter { !own.contains($0.key) })
      let options = WrittenValue(node: rest, path: element.path, problems: element.problems).json()
      guard let registry, let name = registry.text(), let options else { continue }
      if let first = seen[name] {
        registry.fail("is `\(Shown.text(name))` again", hint: "each registry at most once; the first is \(first)")
        continue
      }
      seen[name] = element.path
      publications.append(JobSpec.Publication(registry: name, options: options, alias: alias))
    }
    return publications
  }

  private func alias(_ value: WrittenValue) -> String? {
    let hint = "as {alias: production}"
    guard let fields = value.fields(known: ["alias"], hint: hint), let written = fields.required("alias", hint: hint),
      let text = written.text()
    else { return nil }
    guard Naming.isName(text) else {
      written.fail("cannot be `\(Shown.text(text))`", hint: Naming.nameHint)
      return nil
    }
    return text
  }

  /// Only credentials: a spec may come from anybody who may submit, and names no path or variable of the daemon's.
  private func signingKey(_ value: WrittenValue) -> String? {
    let hint = "as {key: {credential: NAME}}"
    guard let written = value.fields(known: ["key"], hint: hint)?.required("key", hint: hint),
      let secret = written.secret()
    else { return nil }
    guard let name = secret["credential"]?.string else {
      written.fail("must be a credential", hint: hint)
      return nil
    }
    return name
  }

  /// A mapping of registries' names to what each keeps; that is the registry's to check.
  private func provenance(_ value: WrittenValue) -> JSON? {
    let hint = "as {synapse: {ground_truth_version: 42}}"
    guard let members = value.members(hint: hint), !members.isEmpty else { return nil }
    for member in members {
      let inner = WrittenValue(node: member.value, path: "\(value.path).\(member.key)", problems: value.problems)
      if inner.members(hint: hint) == nil { return nil }
    }
    return value.json()
  }

  private func limits(_ value: WrittenValue) -> JobSpec.Limits {
    var limits = JobSpec.Limits()
    guard
      let fields = value.fields(known: ["queue", "run", "stop"], hint: "as {queue: 6h, run: 12h, stop: 5m}")
    else { return limits }
    limits.queue = fields.value("queue")?.duration(least: .milliseconds(1))
    limits.run = fields.value("run")?.duration(least: .milliseconds(1))
    limits.stop = fields.value("stop")?.duration() ?? limits.stop
    return limits
  }
}
