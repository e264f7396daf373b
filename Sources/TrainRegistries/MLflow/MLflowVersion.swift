internal import TrainCore

/// A version of a registered model, as the server shows it.
struct MLflowVersion: Hashable, Sendable {
  enum Status: Hashable, Sendable {
    case ready
    case pending
    case failed(String)
  }

  var model: String
  /// The server's own; counts from 1.
  var number: Int64
  var status: Status
  /// Where its files are.
  var source: String
  var tags: [String: String]

  /// `nil` when the object is none.
  init?(_ json: JSON) {
    guard let model = json["name"]?.string,
      let number = json["version"]?.int ?? json["version"]?.string.flatMap(Int64.init), number > 0
    else { return nil }
    self.model = model
    self.number = number
    source = json["source"]?.string ?? ""
    tags = json["tags"]?.mlflowTags ?? [:]
    status =
      switch json["status"]?.string {
      case "PENDING_REGISTRATION": .pending
      case "FAILED_REGISTRATION": .failed(json["status_message"]?.string ?? "no reason given")
      // Servers that know no states leave it out.
      case .some, nil: .ready
      }
  }

  /// The marker that it carries, if any.
  var marker: JSON? { Release.marker { tags[$0] } }

  /// What a stored id names: a model's name holds no slash.
  static func parts(of id: String) throws(Fault) -> (model: String, number: Int64) {
    guard let slash = id.lastIndex(of: "/"), let number = Int64(id[id.index(after: slash)...]) else {
      throw .permanent(.internalError, "'\(id)' is no version of a registered model")
    }
    return (String(id[..<slash]), number)
  }
}
