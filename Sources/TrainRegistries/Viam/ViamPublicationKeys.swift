internal import TrainCore
internal import TrainViam

/// A publication's own keys: `name framework type`.
struct ViamPublicationKeys: Hashable, Sendable {
  static let known = ["name", "framework", "type"]
  static let frameworks = ["tflite", "tensorflow", "pytorch", "onnx"]
  static let types = ["single-label-classification", "multi-label-classification", "object-detection"]

  /// The package's. With the version: the natural key.
  var name: String
  /// What a machine loads it with; the training's own where it names one.
  var framework: String?
  /// As Viam writes it.
  var type: String

  init(_ release: Release) {
    let (options, train) = (release.options, release.provenance.train)
    name = options["name"]?.string ?? release.modelName
    framework =
      options["framework"]?.string ?? train["framework"]?.string.flatMap { Self.frameworks.contains($0) ? $0 : nil }
    let type = options["type"]?.string ?? train["type"]?.string
    self.type = type.flatMap { Self.types.contains($0) ? $0.replacing("-", with: "_") : nil } ?? "unspecified"
  }

  static func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    let keys = PublicationKeys(publication, of: spec)
    let options = publication.options
    var problems = keys.unknown(known: known)
    if let name = options["name"], name.string == nil {
      problems.append(keys.problem("name", "must be text"))
    } else if let problem = ViamName.problem(with: options["name"]?.string ?? spec.modelName) {
      problems.append(keys.problem("name", problem, hint: "publish it as name: under another name"))
    }
    for (key, words) in [("framework", frameworks), ("type", types)] {
      guard let value = options[key], value.string.map(words.contains) != true else { continue }
      problems.append(keys.problem(key, "must be one of \(words.joined(separator: ", "))"))
    }
    return problems
  }
}
