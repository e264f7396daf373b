internal import Glibc
internal import HTTPTypes
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
internal import TrainControl
public import TrainCore

/// HTTP/1.1 on the control socket. Reads go to the store, changes to the jobs, through ``DaemonOperations``.
public struct ControlServer: Service {
  private let listening: ControlListening
  private let limits: ControlLimits
  private let logger: Logger
  private let boundary: Boundary
  private let whenListening: @Sendable () async -> Void
  private let stop = StopSignal()
  private let connections: OpenConnections
  private let responder: ControlResponder

  /// - Parameter whenListening: called once, when the first connection would be answered.
  public init(
    operations: any DaemonOperations, listening: ControlListening, access: AccessRules,
    limits: ControlLimits = ControlLimits(), boundary: Boundary = Boundary(), logger: Logger,
    whenListening: @escaping @Sendable () async -> Void = {}
  ) {
    self.listening = listening
    self.limits = limits
    self.boundary = boundary
    self.logger = logger
    self.whenListening = whenListening
    connections = OpenConnections(limits: limits)
    responder = ControlResponder(operations: operations, access: access, limits: limits, stop: stop, logger: logger)
  }

  private typealias HTTPChannel = HTTP1Channel.Value
  private enum Connection: Sendable {
    case open(HTTPChannel, Peer, RequestDeadline)
    /// One too many. Not active yet: it can be told only once it was taken from the listener.
    case refused(any Channel, ByteBuffer)
  }
  private typealias Listener = NIOAsyncChannel<Connection, Never>

  /// Serves until a graceful shutdown: then takes no more connections, ends event streams, and gives requests that are
  /// under way ``ControlLimits/grace``.
  /// - Throws: ``ControlError`` when it can't listen.
  public func run() async throws {
    let socket = try ListeningSocket(listening, boundary: boundary)
    defer { socket.removeFile() }
    let listener: Listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
      .bind(socket.descriptor) { channel in open(channel) }
    await withGracefulShutdownHandler {
      await withTaskGroup(of: Void.self) { tasks in
        tasks.addTask { await serve(listener) }
        tasks.addTask {
          await stop.wait()
          try? await Task.sleep(for: limits.grace)
        }
        await whenListening()
        await tasks.next()
        tasks.cancelAll()
      }
    } onGracefulShutdown: {
      socket.removeFile()
      stop.stop()
      listener.channel.close(promise: nil)
      connections.quiesce()
    }
  }

  private func serve(_ listener: Listener) async {
    await withDiscardingTaskGroup { group in
      do {
        try await listener.executeThenClose { accepted in
          for try await connection in accepted { group.addTask { await serve(connection) } }
        }
      } catch {
        logger.debug("the control socket stopped accepting", metadata: ["error": "\(error)"])
      }
    }
  }

  private func serve(_ connection: Connection) async {
    switch connection {
    case .open(let http, let peer, let deadline):
      let channel = HTTP1Channel { request, writer, _ in
        try await responder.respond(to: request, of: peer, deadline: deadline, writer: writer)
      }
      await channel.handle(value: http, logger: logger)
      deadline.disarm()
    case .refused(let channel, let answer):
      try? await channel.writeAndFlush(answer)
      try? await channel.close()
    }
  }

  private func open(_ channel: any Channel) -> EventLoopFuture<Connection> {
    let facts = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
      (peer: Peer(descriptor: $0), hasRoom: DescriptorLimit.leavesRoom(beyond: $0))
    }
    // Whom the kernel doesn't name is nobody: the highest uid is reserved.
    let known = facts?.peer ?? Peer(uid: .max, groups: [])
    guard connections.admit(channel, rank: responder.access.rank(of: known)), !stop.isStopped else {
      return channel.eventLoop.makeSucceededFuture(.refused(channel, Self.refusal))
    }
    guard facts?.hasRoom ?? true else {
      return channel.eventLoop.makeSucceededFuture(.refused(channel, Self.shortage))
    }
    let deadline = RequestDeadline(channel)
    deadline.arm(limits.request)
    return Self.protocolStack(limits).setup(channel: channel, logger: logger).map { .open($0, known, deadline) }
  }

  private static func protocolStack(_ limits: ControlLimits) -> HTTP1Channel {
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers, maxHeaderFieldCount: 100)
    return HTTP1Channel(
      responder: { _, _, _ in }, configuration: .init(idleTimeout: nil, httpDecoderConfiguration: decoder))
  }

  private static let refusal = answer(
    ControlError(
      .tryAgain, "open a connection", "the cap of connections to the control socket is reached",
      hint: "close some: trainctl watch, events -f and wait hold one each"))

  private static let shortage = answer(
    ControlError(
      .tryAgain, "open a connection", "the daemon has hardly any file descriptor left",
      hint: "try again; if it stays so, raise LimitNOFILE for traind"))

  private static func answer(_ error: ControlError) -> ByteBuffer {
    let body = error.json.wireText + "\n"
    let head = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nconnection: close\r\n"
    return ByteBuffer(string: "\(head)content-length: \(body.utf8.count)\r\n\r\n\(body)")
  }
}
