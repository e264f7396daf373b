internal import TrainControl
internal import TrainCore

extension Route {
  /// The body is the spec's file as it is.
  static let submit = Route(post: "/v1/submit", query: ["name"]) { call, daemon throws(ControlError) in
    guard let name = call.query["name"], !name.isEmpty, !name.contains("/"), name.utf8.count <= 255 else {
      throw ControlError(
        .usage, call.line, "the query parameter 'name' must be the file's name, without directories",
        hint: "POST /v1/submit?name=hardhat.yaml")
    }
    guard !call.body.isEmpty else {
      throw ControlError(.badSpec, "submit \(name)", "the file is empty", hint: "send the spec as the request's body")
    }
    return .value(try await daemon.submit(call.body, fileName: name, by: call.actor))
  }
}
