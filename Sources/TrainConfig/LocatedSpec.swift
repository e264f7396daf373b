public import TrainCore

/// A decoded job spec that remembers where everything was written.
public struct LocatedSpec: Hashable, Sendable {
  public var spec: JobSpec
  public var file: String
  private var places: Places

  init(spec: JobSpec, file: String, places: Places) {
    self.spec = spec
    self.file = file
    self.places = places
  }

  /// Where `path` (as `train.tags[1]` or `publish[0].plugin`) was written, else the nearest part around it.
  public func location(of path: String) -> (line: Int, column: Int) {
    let place = places.place(of: path)
    return (place.line, place.column)
  }

  /// A provider's or registry's problem, put where it belongs.
  public func located(_ problem: SpecProblem) -> ConfigProblem {
    ConfigProblem(places.place(of: problem.path), problem.message, hint: problem.hint)
  }

  /// Names of connections that the configuration does not have.
  public func problems(in config: DaemonConfig) -> [ConfigProblem] { spec.problems(in: config).map(located) }
}

extension JobSpec {
  /// Names of connections that the configuration does not have.
  public func problems(in config: DaemonConfig) -> [SpecProblem] {
    var problems: [SpecProblem] = []
    func check(_ name: String, at path: String, among connections: [ConnectionConfig], section: String) {
      let names = connections.map(\.name)
      guard !names.contains(name) else { return }
      problems.append(
        SpecProblem(
          path: path, "`\(path)`: there is no `\(Shown.text(name))` under `\(section):` of traind.yaml",
          hint: names.isEmpty ? "add it there" : Nearest.hint(for: name, among: names, called: section)))
    }
    check(provider, at: "provider", among: config.providers, section: "providers")
    for (index, publication) in publish.enumerated() {
      check(publication.registry, at: "publish[\(index)].registry", among: config.registries, section: "registries")
    }
    for name in (provenance?.object ?? [:]).keys.sorted() {
      check(name, at: "provenance.\(name)", among: config.registries, section: "registries")
    }
    return problems
  }
}
