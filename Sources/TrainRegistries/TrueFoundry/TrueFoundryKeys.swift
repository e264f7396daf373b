internal import TrainCore

/// A publication's own keys: `ml_repo name description metadata framework environment version_alias run_id step`.
/// What they may hold is what the API's published schema says.
struct TrueFoundryKeys: Hashable, Sendable {
  static let known = [
    "ml_repo", "name", "description", "metadata", "framework", "environment", "version_alias", "run_id", "step",
  ]
  static let frameworks = [
    "transformers", "tensorflow", "sklearn", "pytorch", "keras", "xgboost", "lightgbm", "fastai", "h2o", "onnx",
    "spacy",
    "statsmodels", "gluon", "paddle",
  ]
  /// Members of `metadata` that are not the user's: ours, and the platform's own.
  static let reserved = ["traind", ".truefoundry"]
  static let longestName = 256
  static let longestDescription = 512
  static let longestAlias = 128

  var repository: String
  /// The model's: letters, digits, `-` and `_`.
  var name: String
  var description: String?
  var metadata: [String: JSON]
  var framework: JSON?
  var environment: JSON?
  var alias: String?
  var run: String?
  var step: Int64?

  /// Fault `.rejected` for what ``problems(in:of:)`` names one by one.
  init(_ release: Release) throws(Fault) {
    let options = release.options
    guard let repository = options["ml_repo"]?.string else {
      throw .permanent(
        .rejected, "the publication of \(release.job) names no ML repo", hint: "write ml_repo: NAME")
    }
    self.repository = repository
    name = options["name"]?.string ?? Self.name(for: release.modelName)
    description = options["description"]?.string
    metadata = options["metadata"]?.object ?? [:]
    framework = options["framework"]
    environment = options["environment"]
    alias = options["version_alias"]?.string
    run = options["run_id"]?.string
    step = options["step"]?.int
  }

  /// What the API takes for a model's name: everything else becomes `-`. The name itself stands in the marker.
  static func name(for model: String) -> String {
    String(model.unicodeScalars.map { Self.isNameScalar($0) ? Character($0) : "-" }.prefix(longestName))
  }

  private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-_".contains(Character(scalar)))
  }

  static func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    let keys = PublicationKeys(publication, of: spec)
    let options = publication.options
    var problems = keys.unknown(known: known)
    func check(_ key: String, _ message: String, hint: String? = nil, _ isRight: (JSON) -> Bool) {
      guard let value = options[key], !isRight(value) else { return }
      problems.append(keys.problem(key, message, hint: hint))
    }
    if options["ml_repo"] == nil {
      problems.append(keys.problem("ml_repo", "missing", hint: "the name of the ML repo that the model belongs to"))
    }
    check("ml_repo", "must be an ML repo's name", hint: "3 to 100 letters, digits and '-', beginning with a letter") {
      $0.string?.wholeMatch(of: /[a-zA-Z][a-zA-Z0-9\-]{1,98}[a-zA-Z0-9]/) != nil
    }
    check("name", "must be a model's name", hint: "at most \(longestName) letters, digits, '-' and '_'") {
      $0.string.map {
        !$0.isEmpty && $0.unicodeScalars.count <= longestName && $0.unicodeScalars.allSatisfy(isNameScalar)
      }
        ?? false
    }
    check("description", "must be text of at most \(longestDescription) characters") {
      $0.string.map { $0.unicodeScalars.count <= longestDescription } ?? false
    }
    check("metadata", "must be a mapping") { $0.object != nil }
    for key in reserved where options["metadata"]?[key] != nil {
      problems.append(
        keys.problem(
          "metadata.\(key)", "is written by \(key == "traind" ? "traind" : "TrueFoundry") itself",
          hint: "use another key"))
    }
    check("framework", "must be a mapping with a type", hint: "type: one of \(frameworks.joined(separator: ", "))") {
      $0["type"]?.string.map(frameworks.contains) ?? false
    }
    check("environment", "must be a mapping of python_version and pip_packages") { value in
      value.object?.keys.allSatisfy { ["python_version", "pip_packages"].contains($0) } ?? false
    }
    if let version = options["environment"]?["python_version"],
      version.string?.wholeMatch(of: /\d+(\.\d+){1,2}([\-.a-z0-9]+)?/) == nil
    {
      problems.append(
        keys.problem("environment.python_version", "must be a version as text", hint: "quote it: \"3.12\""))
    }
    if let packages = options["environment"]?["pip_packages"], packages.array?.allSatisfy({ $0.string != nil }) != true
    {
      problems.append(keys.problem("environment.pip_packages", "must be a list of texts"))
    }
    check(
      "version_alias", "must be an alias",
      hint: "v, then letters, digits, '.' and '-', as v1.2: at most \(longestAlias)"
    ) {
      $0.string.map { $0.utf8.count <= longestAlias && $0.wholeMatch(of: /v[a-zA-Z0-9.\-]*[a-zA-Z0-9]+/) != nil }
        ?? false
    }
    check("run_id", "must be a run's id", hint: "32 hexadecimal digits") {
      $0.string?.wholeMatch(of: /[0-9a-fA-F]{32}/) != nil
    }
    check("step", "must be a whole number, 0 or more") { $0.int.map { $0 >= 0 } ?? false }
    return problems
  }
}
