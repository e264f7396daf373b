internal import TrainCore

/// A publication's own keys: `repository tag annotations mount_from`.
struct OCIKeys: Hashable, Sendable {
  static let known = ["repository", "tag", "annotations", "mount_from"]
  /// Written by us or by what the manifest is.
  static let reserved = ["traind.", "org.cncf.model."]

  var reference: OCIReference
  var annotations: [String: String]
  /// A repository of the same registry that may hold the files already.
  var mountFrom: String?

  /// Fault `.rejected` for names that the registry could not take.
  /// - Parameter namespace: what a repository begins with that the publication does not name.
  init(_ release: Release, namespace: String?) throws(Fault) {
    let options = release.options
    let repository = options["repository"]?.string ?? Self.repository(of: release.modelName, in: namespace)
    let tag = options["tag"]?.string ?? OCIReference.tag(ofVersion: release.modelVersion)
    guard OCIReference.isRepository(repository), OCIReference.isTag(tag) else {
      throw .permanent(
        .rejected, "'\(repository):\(tag)' cannot be the name of a version in an OCI registry",
        hint: "write repository: in small letters, and tag:")
    }
    reference = OCIReference(repository: repository, tag: tag)
    annotations = (options["annotations"]?.object ?? [:]).compactMapValues(\.string)
    mountFrom = options["mount_from"]?.string
  }

  static func problems(
    in publication: JobSpec.Publication, of spec: JobSpec, namespace: String?
  ) -> [SpecProblem] {
    let keys = PublicationKeys(publication, of: spec)
    let options = publication.options
    var problems = keys.unknown(known: known)
    let hint = "small letters and digits, with '.', '_' or '-' between them, and '/' between names"
    if let repository = options["repository"] {
      if repository.string.map(OCIReference.isRepository) != true {
        problems.append(keys.problem("repository", "cannot be a repository's name", hint: hint))
      }
    } else if !OCIReference.isRepository(Self.repository(of: spec.modelName, in: namespace)) {
      problems.append(
        keys.problem("repository", "missing, and the model's name '\(spec.modelName)' cannot be one", hint: hint))
    }
    if let tag = options["tag"], tag.string.map(OCIReference.isTag) != true {
      problems.append(
        keys.problem("tag", "must be text of letters, digits, '.', '_' and '-', at most 128", hint: "quote it"))
    }
    if let from = options["mount_from"], from.string.map(OCIReference.isRepository) != true {
      problems.append(keys.problem("mount_from", "cannot be a repository's name", hint: hint))
    }
    if let annotations = options["annotations"] {
      guard let members = annotations.object else {
        problems.append(keys.problem("annotations", "must be a mapping"))
        return problems
      }
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        if name.isEmpty || reserved.contains(where: name.hasPrefix) {
          problems.append(keys.problem("annotations.\(name)", "is written by traind itself", hint: "use another name"))
        } else if value.string == nil {
          problems.append(keys.problem("annotations.\(name)", "must be text", hint: "quote it"))
        }
      }
    }
    return problems
  }

  private static func repository(of model: String, in namespace: String?) -> String {
    (namespace.map { "\($0)/" } ?? "") + model.lowercased()
  }
}
