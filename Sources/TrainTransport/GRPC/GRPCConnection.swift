public import GRPCCore
public import GRPCNIOTransportHTTP2Posix
internal import NIOCore
internal import Synchronization
public import TrainCore

/// A long-lived HTTP/2 connection to one gRPC service. It connects at the first call, again after it was cut,
/// and goes with ``shutdown()``.
public final class GRPCConnection: Closable {
  public typealias Transport = HTTP2ClientTransport.Posix
  public typealias Client = GRPCClient<Transport>

  private enum State {
    case idle
    case running(Task<Void, Never>)
    case stopped
  }

  public let endpoint: GRPCEndpoint
  let largestAnswer: Int
  /// What every call crosses, at the point that it names.
  let boundary: Boundary
  let client: Client
  let proxyTrouble = ProxyConnectHandler.Trouble()
  private let state = Mutex(State.idle)

  /// - Parameters:
  ///   - ca: a PEM file with the authorities to trust instead of the system's.
  ///   - largestAnswer: the most bytes of one message that are taken. Viam's servers send up to 32 MiB, where gRPC's
  ///     own default stops at 4.
  /// - Throws: a permanent fault when the certificates cannot be read or the combination cannot work.
  public init(
    endpoint: GRPCEndpoint, ca: String? = nil, proxies: ProxyRules = .none, largestAnswer: Int = 32 * 1024 * 1024,
    boundary: Boundary = Boundary()
  ) throws(Fault) {
    self.endpoint = endpoint
    self.largestAnswer = largestAnswer
    self.boundary = boundary
    let proxy = try GRPCProxy(for: endpoint, by: proxies)
    do {
      let transport = try HTTP2ClientTransport.Posix(
        target: GRPCConnection.target(of: endpoint, through: proxy),
        transportSecurity: GRPCConnection.security(of: endpoint, ca: ca),
        config: GRPCConnection.configuration(of: endpoint, through: proxy, proxyTrouble))
      client = GRPCClient(transport: transport, interceptors: [SendMark()])
    } catch let fault as Fault {
      throw fault
    } catch {
      throw .permanent(
        .rejected, "preparing a connection to \(endpoint): \(error)",
        hint: ca.map { "check that \($0) holds PEM certificates and can be read" })
    }
  }

  deinit { client.beginGracefulShutdown() }

  /// Ends the connection, and the calls under way with it: they fail as interrupted.
  public func shutdown() async {
    let running = state.withLock { state -> Task<Void, Never>? in
      defer { state = .stopped }
      if case .running(let task) = state { return task }
      return nil
    }
    client.beginGracefulShutdown()
    running?.cancel()
    await running?.value
  }

  var isShutDown: Bool {
    state.withLock { if case .stopped = $0 { true } else { false } }
  }

  /// Starts connecting unless that was done, or the connection was shut down.
  func start() {
    state.withLock { state in
      guard case .idle = state else { return }
      // What ends it are shutdown() and errors that every call reports for itself.
      state = .running(Task { [client] in try? await client.runConnections() })
    }
  }

  private static func isAddress(_ host: String) -> Bool {
    (try? NIOCore.SocketAddress(ipAddress: host, port: 0)) != nil
  }

  private static func target(
    of endpoint: GRPCEndpoint, through proxy: GRPCProxy?
  ) throws(Fault) -> any ResolvableTarget {
    if let proxy {
      if isAddress(endpoint.host), !endpoint.isPlaintext {
        throw .permanent(
          .rejected, "preparing a connection to \(endpoint): TLS through a proxy needs a host name to check",
          hint: "write the endpoint with its host name, or except it from the proxy")
      }
      return target(host: proxy.host, port: proxy.port)
    }
    return target(host: endpoint.host, port: endpoint.port)
  }

  private static func target(host: String, port: Int) -> any ResolvableTarget {
    guard isAddress(host) else { return ResolvableTargets.DNS(host: host, port: port) }
    return host.contains(":")
      ? ResolvableTargets.IPv6(addresses: [.init(host: host, port: port)])
      : ResolvableTargets.IPv4(addresses: [.init(host: host, port: port)])
  }

  private static func security(
    of endpoint: GRPCEndpoint, ca: String?
  ) -> HTTP2ClientTransport.Posix.TransportSecurity {
    if endpoint.isPlaintext { return .plaintext }
    return .tls { tls in
      if let ca { tls.trustRoots = .certificates([.file(path: ca, format: .pem)]) }
    }
  }

  private static func configuration(
    of endpoint: GRPCEndpoint, through proxy: GRPCProxy?, _ trouble: ProxyConnectHandler.Trouble
  ) -> HTTP2ClientTransport.Posix.Config {
    .defaults { config in
      // The engine paces the calls; this only bounds how long the transport stays away after an outage.
      config.backoff = .init(initial: .milliseconds(500), max: .seconds(15), multiplier: 1.6, jitter: 0.2)
      // Only while a call waits (nothing is known of how long the far side bears idle pings), and answered before
      // the shortest deadline: else calls would time out on a dead connection until TCP gives it up.
      config.connection.keepalive = .init(time: .seconds(10), timeout: .seconds(4), allowWithoutCalls: false)
      // An address has no place in SNI: there the transport takes what it connects to.
      if !isAddress(endpoint.host) || proxy != nil { config.http2.authority = endpoint.authority }
      guard let proxy else { return }
      config.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = ProxyConnectHandler(
            target: endpoint.hostAndPort, authorization: proxy.authorization, trouble: trouble)
          try channel.pipeline.syncOperations.addHandler(handler, position: .first)
        }
      }
    }
  }
}
