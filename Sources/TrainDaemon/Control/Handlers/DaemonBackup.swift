internal import NIOCore
internal import TrainControl
internal import TrainCore

extension Route {
  /// A body without its end means that the copy is not whole.
  static let backup = Route(post: "/v1/backup") { call, daemon throws(ControlError) in
    try call.checkEmpty()
    let source = try await daemon.backup(by: call.actor)
    return .stream(
      Response.Stream(contentType: "application/octet-stream", length: source.total) { write in
        while let chunk = try await source.next() {
          if !chunk.isEmpty { try await write(ByteBuffer(bytes: chunk)) }
        }
      } close: {
        await source.close()
      })
  }
}
