internal import TrainCore
internal import TrainTransport

/// The backend's upload object.
struct SynapseUpload: Hashable {
  var id: String
  /// Bytes that the backend holds.
  var offset: Int64
  var isComplete: Bool

  /// `nil` when the object is not one. An id is only believed when it can stand in a path.
  init?(_ json: JSON) {
    guard let id = json["id"]?.string ?? json["id"]?.int.map(String.init), Self.isSafe(id),
      let offset = json["offset"]?.int,
      offset >= 0
    else { return nil }
    self.id = id
    self.offset = offset
    isComplete = json["status"]?.int == 2 || json["completed_at"]?.string?.isEmpty == false
  }

  static func isSafe(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
      }
  }

  static func from(_ response: HTTPResponse, _ purpose: String) throws(Fault) -> SynapseUpload {
    guard let upload = SynapseUpload(try response.requireJSON()) else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer is no upload object: \(response.excerpt)",
        hint: "does the endpoint name a Synapse backend?")
    }
    return upload
  }
}
