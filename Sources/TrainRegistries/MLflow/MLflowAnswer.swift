internal import TrainCore
internal import TrainTransport

extension HTTPResponse {
  /// MLflow's own word for what went wrong.
  var mlflowCode: String? { isSuccess ? nil : json?["error_code"]?.string }

  var mlflowIsAbsent: Bool { mlflowCode == "RESOURCE_DOES_NOT_EXIST" }
  var mlflowIsTaken: Bool { mlflowCode == "RESOURCE_ALREADY_EXISTS" }

  /// The status as a fault, but for what MLflow says with a 4xx though it passes: `BAD_REQUEST` is what its database's
  /// errors come out as; what is wrong with a request is `INVALID_PARAMETER_VALUE`.
  var mlflowFault: Fault {
    var fault = fault
    switch mlflowCode {
    case "TEMPORARILY_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED", "BAD_REQUEST":
      if fault.isPermanent {
        fault = .transient(.unavailable, fault.message)
      }
    default: break
    }
    return fault
  }

  /// The object that a success carries.
  func mlflowObject() throws(Fault) -> JSON {
    guard isSuccess else { throw mlflowFault }
    let json = try requireJSON()
    guard json.object != nil else {
      throw .transient(.badAnswer, "an answer of MLflow is no object: \(excerpt)")
    }
    return json
  }
}

extension JSON {
  /// `[{"key": K, "value": V}]` as MLflow writes tags.
  var mlflowTags: [String: String] {
    var tags: [String: String] = [:]
    for tag in array ?? [] {
      if let key = tag["key"]?.string { tags[key] = tag["value"]?.string ?? "" }
    }
    return tags
  }

  static func mlflow(tags: [String: String]) -> JSON {
    .array(tags.sorted { $0.key < $1.key }.map { ["key": .string($0.key), "value": .string($0.value)] })
  }
}
