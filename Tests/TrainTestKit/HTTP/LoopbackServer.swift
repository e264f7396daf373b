internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A real HTTP/1.1 server on a free port of 127.0.0.1, for one test.
public enum LoopbackServer {
  /// Serves while `work` runs; gives it the server's base address, as `http://127.0.0.1:1234`.
  /// A `respond` that throws ends its connection.
  public static func serve<Answer: Sendable>(
    _ respond: @escaping @Sendable (LoopbackRequest) async throws -> LoopbackReply,
    while work: @Sendable (String) async throws -> Answer
  ) async throws -> Answer {
    let connections = LoopbackConnections()
    let listening = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        connections.add(channel)
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(LoopbackHandler(respond))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let result: Result<Answer, any Error>
    do {
      result = .success(try await work("http://127.0.0.1:\(listening.localAddress?.port ?? 0)"))
    } catch {
      result = .failure(error)
    }
    try await listening.close()
    connections.close()
    return try result.get()
  }
}
