internal import TrainConfig
internal import TrainCore
internal import TrainEngine

/// Reads the specs of the configuration directories and has providers and registries check their parts.
struct SpecShelf: Sendable {
  let directories: ConfigDirectories
  let providers: [String: any Provider]
  let registries: [String: any Registry]

  struct Reading: Sendable {
    /// Those that are right in every part.
    var specs: [JobSpec] = []
    var problems: [ConfigProblem] = []
    /// Of all specs that are there, right or wrong.
    var names: Set<String> = []
  }

  func read() -> Reading {
    let load = directories.specs()
    var reading = Reading(problems: load.problems, names: Set(load.names))
    for located in load.specs {
      let problems = problems(in: located)
      reading.problems += problems
      if !problems.contains(where: { $0.severity == .error }) { reading.specs.append(located.spec) }
    }
    return reading
  }

  /// Names that no connection has, and what the backends say of their own keys, put where they were written.
  func problems(in located: LocatedSpec) -> [ConfigProblem] {
    problems(in: located.spec).map(located.located)
  }

  func problems(in spec: JobSpec) -> [SpecProblem] {
    var problems: [SpecProblem] = []
    if let provider = providers[spec.provider] {
      problems += provider.problems(in: spec)
    } else {
      problems.append(unknown("provider", spec.provider, among: providers.keys.sorted(), path: "provider"))
    }
    for (index, publication) in spec.publish.enumerated() {
      if let registry = registries[publication.registry] {
        problems += registry.problems(in: publication, of: spec).map { problem in
          var problem = problem
          if !problem.path.hasPrefix("publish") && !problem.path.hasPrefix("model") {
            problem.path = problem.path.isEmpty ? "publish[\(index)]" : "publish[\(index)].\(problem.path)"
          }
          return problem
        }
      } else {
        problems.append(
          unknown(
            "registry", publication.registry, among: registries.keys.sorted(), path: "publish[\(index)].registry"))
      }
    }
    return problems
  }

  private func unknown(_ what: String, _ name: String, among known: [String], path: String) -> SpecProblem {
    SpecProblem(
      path: path, "there is no \(what) `\(name)`",
      hint: "traind.yaml has \(known.isEmpty ? "none" : known.joined(separator: ", "))")
  }
}
