internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Synchronization
public import TrainCore

/// An HTTP/1.1 client of one connection's own: no redirects, no retries, bounded answers, every error a ``Fault``.
///
/// HTTP/2 stays off: AsyncHTTPClient's lets a peer end the process (its issue 922).
/// ``shutdown()`` must be called before the last reference goes.
public final class HTTPTransport: Closable {
  public struct Settings: Sendable {
    public var proxies: ProxyRules = .none
    /// A PEM file with the authorities to trust instead of the system's.
    public var ca: String?
    public var connect: Duration = .seconds(10)
    /// How long nothing may move in a call before it is given up.
    public var idleTimeout: Duration = .seconds(60)
    /// How long an unused connection is kept.
    public var idle: Duration = .seconds(60)
    public var connectionsPerHost: Int = 8
    /// What every call crosses, at the point that it names.
    public var boundary = Boundary()

    public init() {}

    /// What a connection's configuration says.
    public init(_ connection: ConnectionConfig, proxies: ProxyRules, boundary: Boundary) {
      self.boundary = boundary
      self.proxies = proxies.for(connection)
      ca = connection.ca
    }
  }

  private struct Clients {
    /// By proxy; "" = direct.
    var byProxy: [String: HTTPClient] = [:]
    var isShutDown = false
  }

  private let settings: Settings
  private let trust: [NIOSSLCertificate]?
  private let clients = Mutex(Clients())

  /// Fault when the CA file cannot be read. No connection is made.
  public init(_ settings: Settings = Settings()) throws(Fault) {
    self.settings = settings
    guard let path = settings.ca else {
      trust = nil
      return
    }
    let certificates: [NIOSSLCertificate]
    do {
      certificates = try NIOSSLCertificate.fromPEMFile(path)
    } catch {
      throw .permanent(
        .io, "the CA file \(path) cannot be read as PEM certificates", hint: "check the connection's ca: key")
    }
    guard !certificates.isEmpty else {
      throw .permanent(.io, "the CA file \(path) holds no certificate", hint: "check the connection's ca: key")
    }
    trust = certificates
  }

  /// Sends one request and takes the whole answer, whatever its status.
  /// Faults: see ``TrainCore/Fault`` codes `.unavailable` (refused, DNS, TLS: effect none; reset: unknown), `.timeout`
  /// (unknown), `.badAnswer` (larger than the call's limit), `.interrupted`, and what the body's sequence throws.
  public func send(_ call: HTTPCall) async throws(Fault) -> HTTPResponse {
    let origin = try Self.origin(of: call)
    return try await perform(call, origin) { response, progress in
      if let length = response.headers.first(name: "content-length").flatMap(Int.init), length > call.responseLimit {
        throw NIOTooManyBytesError(maxBytes: call.responseLimit)
      }
      var body = ByteBuffer()
      for try await buffer in response.body {
        progress.move()
        guard body.readableBytes + buffer.readableBytes <= call.responseLimit else {
          throw NIOTooManyBytesError(maxBytes: call.responseLimit)
        }
        body.writeImmutableBuffer(buffer)
      }
      return HTTPResponse(
        head: HTTPAnswerHead(status: Int(response.status.code), headers: response.headers), body: body,
        purpose: call.purpose, origin: origin.description, secrets: call.secretHeaders.map(\.secret))
    }
  }

  /// Sends one request and hands a 2xx answer to `consume` as it arrives; any other status becomes its fault.
  /// The connection is given back when `consume` returns; what it did not read is thrown away.
  public func stream<Taken: Sendable>(
    _ call: HTTPCall, _ consume: @escaping @Sendable (HTTPAnswerHead, HTTPBuffers) async throws -> Taken
  ) async throws(Fault) -> Taken {
    let origin = try Self.origin(of: call)
    return try await perform(call, origin) { response, progress in
      let head = HTTPAnswerHead(status: Int(response.status.code), headers: response.headers)
      guard head.isSuccess else {
        var body = ByteBuffer()
        for try await buffer in response.body where body.readableBytes < 4096 {
          progress.move()
          body.writeImmutableBuffer(buffer)
          if body.readableBytes >= 4096 { break }
        }
        throw HTTPResponse(
          head: head, body: body, purpose: call.purpose, origin: origin.description,
          secrets: call.secretHeaders.map(\.secret)
        ).fault
      }
      return try await consume(head, HTTPBuffers(base: response.body, progress: progress))
    }
  }

  /// Closes all connections. Calls in flight fail; later ones are refused.
  public func shutdown() async {
    let all = clients.withLock { clients in
      clients.isShutDown = true
      defer { clients.byProxy = [:] }
      return Array(clients.byProxy.values)
    }
    for client in all { try? await client.shutdown() }
  }

  private static func origin(of call: HTTPCall) throws(Fault) -> Origin {
    guard let origin = Origin(call.url) else {
      throw .permanent(
        .rejected, "could not \(call.purpose): the address is no http:// or https:// URL",
        hint: "check the connection's endpoint")
    }
    return origin
  }

  private func perform<Taken: Sendable>(
    _ call: HTTPCall, _ origin: Origin,
    _ take: @escaping @Sendable (HTTPClientResponse, HTTPProgress) async throws -> Taken
  ) async throws(Fault) -> Taken {
    let proxy = settings.proxies.proxy(for: origin)
    let client = try client(through: proxy)
    let progress = HTTPProgress()
    let request = try Self.request(call, progress)
    do {
      return try await settings.boundary.cross(call.point) { () async throws -> Taken in
        try await progress.withIdleTimeout(call.idleTimeout ?? settings.idleTimeout) {
          let response = try await client.execute(request, deadline: .distantFuture)
          progress.move()
          return try await take(response, progress)
        }
      }
    } catch {
      if let fault = progress.fault { throw fault }
      throw .ofTransport(error, call.purpose, origin, isProxied: proxy != nil)
    }
  }

  private static func request(_ call: HTTPCall, _ progress: HTTPProgress) throws(Fault) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: call.url)
    request.method = call.method
    request.headers = call.headers
    for header in call.secretHeaders {
      let value = header.prefix + header.secret.reveal()
      // Checked here because AsyncHTTPClient's own error would quote it.
      guard value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
        throw .permanent(
          .rejected,
          "could not \(call.purpose): the secret for the header \(header.name) contains a line break or other "
            + "characters that no header may hold", hint: "is the secret's file the right one?")
      }
      request.headers.replaceOrAdd(name: header.name, value: value)
    }
    if request.headers.first(name: "user-agent") == nil { request.headers.add(name: "user-agent", value: "traind") }
    switch call.body.content {
    case .none: break
    case .bytes(let buffer): request.body = .bytes(buffer)
    case .stream(_, let make): request.body = make(progress)
    }
    return request
  }

  private func client(through proxy: String?) throws(Fault) -> HTTPClient {
    let made = try clients.withLock { (clients) throws(Fault) -> HTTPClient? in
      guard !clients.isShutDown else { return nil }
      if let client = clients.byProxy[proxy ?? ""] { return client }
      let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try configuration(through: proxy))
      clients.byProxy[proxy ?? ""] = client
      return client
    }
    guard let made else {
      throw .transient(.interrupted, "the connection was closed: traind is stopping", effect: .none)
    }
    return made
  }

  private func configuration(through proxy: String?) throws(Fault) -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let trust { tls.trustRoots = .certificates(trust) }
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .disabled
    // Only the connect: what stalls later is ended by HTTPProgress, which knows whose fault it is.
    configuration.timeout = .init(connect: .nanoseconds(settings.connect.wholeMilliseconds * 1_000_000))
    configuration.connectionPool.idleTimeout = .milliseconds(settings.idle.wholeMilliseconds)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.connectionsPerHost
    configuration.connectionPool.retryConnectionEstablishment = false
    if let proxy { configuration.proxy = try ProxyAddress(proxy).configuration }
    return configuration
  }
}
