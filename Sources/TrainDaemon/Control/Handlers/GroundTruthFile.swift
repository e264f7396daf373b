internal import TrainControl
internal import TrainCore

extension Route {
  /// Only what a list of events named: the ticket came with it.
  static let groundTruthFile = Route(
    get: "/v1/registries/{registry}/ground-truth/file", query: ["url", "ticket", "from", "tag"]
  ) { call, daemon throws(ControlError) in
    guard let url = call.query["url"], let ticket = call.query["ticket"] else {
      throw ControlError(
        .usage, call.line, "the query parameters 'url' and 'ticket' are missing", hint: "both come with an event")
    }
    let point = try call.resumePoint()
    return .file { sink throws(ControlError) in
      try await daemon.groundTruthFile(url, ticket: ticket, of: call.registry, from: point, into: sink)
    }
  }
}
