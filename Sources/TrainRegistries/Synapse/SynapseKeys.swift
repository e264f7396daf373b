internal import TrainCore

/// A publication's own keys: `name plugin version checkpoint configuration description archive`.
struct SynapseKeys: Hashable, Sendable {
  enum Checkpoint: Hashable, Sendable {
    case none
    case id(Int64)
    /// The id of the model that was published before, of the same model name.
    case previous
  }
  enum Archive: String, Hashable, Sendable, CaseIterable { case auto, none, zip }

  static let known = ["name", "plugin", "version", "checkpoint", "configuration", "description", "archive"]

  /// Unique in the tenant: the natural key.
  var name: String
  /// Sent as it was typed: a code or a number.
  var plugin: JSON
  /// The plugin's release, not the model's.
  var version: String?
  var checkpoint: Checkpoint
  var configuration: [String: JSON]
  var description: String?
  var archive: Archive

  /// Fault `.rejected` for what ``problems(in:of:)`` names one by one.
  init(_ release: Release) throws(Fault) {
    let options = release.options
    name = options["name"]?.string ?? "\(release.modelName)-\(release.modelVersion)"
    guard let plugin = options["plugin"] else {
      throw .permanent(.rejected, "the publication of \(release.job) names no plugin", hint: "write plugin: CODE")
    }
    self.plugin = plugin
    version = options["version"].flatMap { $0.string ?? $0.int.map(String.init) }
    checkpoint =
      switch options["checkpoint"] {
      case .some(.string): .previous
      case .some(let value): value.int.map(Checkpoint.id) ?? .none
      case nil: .none
      }
    configuration = options["configuration"]?.object ?? [:]
    description = options["description"]?.string
    archive = options["archive"]?.string.flatMap(Archive.init) ?? .auto
  }

  static func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    let keys = PublicationKeys(publication, of: spec)
    let options = publication.options
    var problems = keys.unknown(known: known)
    switch options["plugin"] {
    case nil:
      problems.append(
        keys.problem("plugin", "missing", hint: "the code (or number) of the plugin the model belongs to"))
    case .some(.string(let code)) where !code.isEmpty: break
    case .some(.int(let number)) where number > 0: break
    case .some: problems.append(keys.problem("plugin", "must be a plugin's code or number"))
    }
    switch options["checkpoint"] {
    case nil, .some("previous"): break
    case .some(.int(let id)) where id > 0: break
    case .some: problems.append(keys.problem("checkpoint", "must be a model's number or 'previous'"))
    }
    if let archive = options["archive"], archive.string.flatMap(Archive.init) == nil {
      problems.append(keys.problem("archive", "must be auto, none or zip"))
    }
    if let configuration = options["configuration"] {
      if configuration.object == nil {
        problems.append(keys.problem("configuration", "must be a mapping"))
      } else if configuration["traind"] != nil {
        problems.append(keys.problem("configuration.traind", "is written by traind itself", hint: "use another key"))
      }
    }
    if let version = options["version"], version.string == nil, version.int == nil {
      problems.append(keys.problem("version", "must be the plugin's release, as text", hint: "quote it: \"1.10\""))
    }
    if let description = options["description"], description.string == nil {
      problems.append(keys.problem("description", "must be text"))
    }
    if let name = options["name"] {
      if name.string?.isEmpty != false { problems.append(keys.problem("name", "must be text")) }
      if let length = name.string?.unicodeScalars.count, length > 255 {
        problems.append(keys.problem("name", "is \(length) characters long, at most 255 are allowed"))
      }
    }
    return problems
  }
}
