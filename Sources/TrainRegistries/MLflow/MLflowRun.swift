internal import TrainCore

/// A run, as the server shows it.
struct MLflowRun: Hashable, Sendable {
  var id: String
  /// Where its files are.
  var artifactURI: String
  var isDeleted: Bool
  /// It was not said to be over.
  var isRunning: Bool
  var tags: [String: String]

  /// `nil` when the object is none. An id is only believed when it can stand in a path.
  init?(_ json: JSON) {
    let info = json["info"]
    guard let id = info?["run_id"]?.string, let uri = info?["artifact_uri"]?.string, (1...64).contains(id.utf8.count),
      id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    else { return nil }
    self.id = id
    artifactURI = uri
    isDeleted = info?["lifecycle_stage"]?.string == "deleted"
    isRunning = ["RUNNING", "SCHEDULED"].contains(info?["status"]?.string ?? "RUNNING")
    tags = json["data"]?["tags"]?.mlflowTags ?? [:]
  }
}
