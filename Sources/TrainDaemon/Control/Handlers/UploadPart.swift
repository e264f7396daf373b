internal import TrainControl
internal import TrainCore

extension Route {
  /// The body is some of the file's bytes.
  static let uploadPart = Route(
    step: "/v1/registries/{registry}/uploads", query: ["filename", "offset", "total", "session"], body: { $0.part }
  ) { call, daemon throws(ControlError) in
    guard let filename = call.query["filename"], !filename.isEmpty, !filename.contains("/"),
      let offset = try call.number("offset", atLeast: 0), let total = try call.number("total", atLeast: 1),
      !call.body.isEmpty, offset <= total - Int64(call.body.count)
    else {
      throw ControlError(
        .usage, call.line, "a part needs 'filename' (without directories), 'offset', 'total', and bytes that fit there",
        hint: "see Docs/openapi.yaml")
    }
    return .value(
      try await daemon.uploadPart(
        CreationPart(filename: filename, bytes: call.body, offset: offset, total: total), in: try session(call),
        of: call.registry))
  }

  private static func session(_ call: Call) throws(ControlError) -> UploadSession? {
    guard let text = call.query["session"] else { return nil }
    return try UploadSession(wire: try JSON.parse(Array(text.utf8), what: "the upload's session"))
  }

  /// How far an upload is.
  static let uploadState = Route(step: "/v1/registries/{registry}/uploads/held") { call, daemon throws(ControlError) in
    let request = try JSON.parse(call.body, what: "the request's body")
    try Members(request, of: "the request's body").only(["session"])
    return .value(
      try await daemon.uploadState(try UploadSession(wire: request["session"] ?? .null), of: call.registry))
  }
}
