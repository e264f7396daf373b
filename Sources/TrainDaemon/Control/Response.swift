internal import NIOCore
internal import TrainControl
internal import TrainCore

/// What a handler answers with.
enum Response: Sendable {
  case json(JSON)
  case text(String, contentType: String)
  case stream(Stream)

  /// A body that is written as the peer takes it.
  struct Stream: Sendable {
    typealias Write = (ByteBuffer) async throws -> Void
    var contentType: String
    var length: Int64?
    /// Returns at the end; what it throws breaks the connection, so that the peer sees a body without its end.
    var body: @Sendable (Write) async throws -> Void
    /// Called exactly once, whether or not ``body`` was.
    var close: @Sendable () async -> Void = {}
  }

  static func value(_ value: some WireValue) -> Response { .json(value.json) }
}
