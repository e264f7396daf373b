internal import TrainCore
internal import ViamAPI

/// Whether a training job on Viam is the one that a submission asked for.
struct ViamMatch {
  /// How far the platform's clock may be behind ours.
  static let skew = Duration.seconds(60)

  var submission: Submission
  var train: ViamTrain

  /// What differs; empty when everything that can be compared matches.
  /// What the spec leaves to the platform is not compared.
  func differences(from job: Viam_App_Mltraining_V1_TrainingJobMetadata) -> [String] {
    var found: [String] = []
    func compare(_ what: String, _ ours: String, _ theirs: String) {
      if ours != theirs { found.append("\(what) is \(ViamMatch.shown(theirs)), not \(ViamMatch.shown(ours))") }
    }
    compare("dataset", train.dataset, job.datasetID)
    switch train {
    case .standard(let standard):
      compare("custom", "false", "\(job.isCustomJob)")
      compare("type", ViamWords.name(of: standard.type), ViamWords.name(of: job.modelType))
      compare("tags", standard.tags.sorted().joined(separator: ","), job.tags.sorted().joined(separator: ","))
      if let framework = standard.framework {
        compare("framework", ViamWords.name(of: framework), ViamWords.name(of: job.modelFramework))
      }
    case .script(let script):
      compare("custom", "true", "\(job.isCustomJob)")
      if !isSameItem(script.item, job) { compare("script.item", script.item, job.registryItemID) }
      if let version = script.version { compare("script.version", version, job.registryItemVersion) }
      if let container = script.container { compare("script.container", container, job.containerVersion) }
      if let id = script.containerID { compare("script.container_id", id, job.containerID) }
      compare("script.arguments", ViamMatch.text(of: script.arguments), ViamMatch.text(of: job.arguments))
    }
    if !job.hasCreatedOn {
      found.append("the platform does not say when it was created")
    } else if ViamWords.timestamp(job.createdOn) < submission.intended + (.zero - ViamMatch.skew) {
      found.append("it was created at \(ViamWords.text(of: job.createdOn)), before this job wanted it")
    }
    return found
  }

  /// `namespace:name` and `<organization id>:name` are two ways to write one item.
  private func isSameItem(_ item: String, _ job: Viam_App_Mltraining_V1_TrainingJobMetadata) -> Bool {
    if item == job.registryItemID { return true }
    let (a, b) = (item.split(separator: ":"), job.registryItemID.split(separator: ":"))
    guard a.count == 2, b.count == 2, a[1] == b[1] else { return false }
    return a[0] == job.organizationID || b[0] == job.organizationID
  }

  private static func text(of arguments: [String: String]) -> String {
    JSON.object(arguments.mapValues(JSON.string)).canonical
  }

  private static func shown(_ text: String) -> String { text.isEmpty ? "empty" : "'\(text.prefix(200))'" }
}
