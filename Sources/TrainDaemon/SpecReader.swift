internal import TrainConfig
internal import TrainCore
internal import TrainEngine

/// Reads the specs of the configuration directories and has providers and registries check their parts.
struct SpecReader: Sendable {
  let directories: ConfigDirectories
  let config: DaemonConfig
  let providers: [String: any Provider]
  let registries: [String: any Registry]
  let signer: CredentialSigner

  struct Reading: Sendable {
    /// Those that are right in every part.
    var specs: [JobSpec] = []
    var problems: [ConfigProblem] = []
    /// Of all specs that are there, right or wrong.
    var names: Set<String> = []
    /// What is not among ``names`` is certainly not there.
    var isWhole = true
  }

  func read() -> Reading {
    let load = directories.specs()
    var reading = Reading(problems: load.problems, names: Set(load.names), isWhole: load.isWhole)
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
    var problems = spec.problems(in: config) + signer.problems(in: spec)
    problems += providers[spec.provider]?.problems(in: spec) ?? []
    for (index, publication) in spec.publish.enumerated() {
      guard let registry = registries[publication.registry] else { continue }
      problems += registry.problems(in: publication, of: spec)
      if publication.alias != nil, !registry.traits.hasAliases {
        problems.append(
          SpecProblem(
            path: "publish[\(index)].promote",
            "`publish[\(index)].promote`: a registry of kind \(registry.traits.kind) has no aliases",
            hint: aliasHint))
      }
    }
    for (name, source) in (spec.provenance?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let registry = registries[name] else { continue }
      guard let groundTruth = registry.groundTruth else {
        problems.append(
          SpecProblem(
            path: "provenance.\(name)", "\(name) (\(registry.traits.kind)) keeps no ground truth",
            hint: "name a registry that does, of kind synapse"))
        continue
      }
      problems += groundTruth.problems(in: source).map {
        SpecProblem(path: "provenance.\(name).\($0.path)", $0.message, hint: $0.hint)
      }
    }
    return problems
  }

  private var aliasHint: String {
    let able = registries.filter(\.value.traits.hasAliases).keys.sorted()
    return able.isEmpty
      ? "leave it out" : "leave it out, or promote where there are aliases: \(able.joined(separator: ", "))"
  }
}
