internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import TrainCore

extension Fault {
  /// An error below HTTP as a fault. Never prints an error that may quote a header or a URL.
  static func ofTransport(_ error: any Error, _ purpose: String, _ origin: Origin, isProxied: Bool) -> Fault {
    let what = "could not \(purpose) at \(origin)"
    let proxied = isProxied ? " (through the proxy)" : ""
    switch error {
    case let fault as Fault: return fault
    case is CancellationError: return .transient(.interrupted, "\(what): interrupted")
    case let stalled as HTTPProgress.Stalled:
      return .transient(.timeout, "\(what): nothing moved for \(stalled.idleTimeout.components.seconds) s\(proxied)")
    case let large as NIOTooManyBytesError:
      return .transient(
        .badAnswer, "\(what): the answer is larger than \(large.maxBytes ?? 0) bytes, which is as much as is taken",
        hint: "does the endpoint name the API?")
    case let refused as NIOConnectionError: return .ofConnection(refused, what + proxied)
    case let tls as NIOSSLError: return .ofTLS("\(tls)", what + proxied)
    case let tls as BoringSSLError: return .ofTLS("\(tls)", what + proxied)
    case let tls as NIOSSLExtraError: return .ofTLS(tls.description, what + proxied)
    case let http as HTTPClientError: return .ofClient(http, what, proxied)
    case let io as IOError where io.isOfConnect:
      return .transient(
        .unavailable, "\(what): no connection (\(String(cString: strerror(io.errnoCode))))\(proxied)",
        hint: "is it running, and reachable from here?", effect: .none)
    case let io as IOError:
      return .transient(
        .unavailable, "\(what): the connection broke (\(String(cString: strerror(io.errnoCode))))\(proxied)")
    case is ChannelError: return .transient(.unavailable, "\(what): the connection was closed\(proxied)")
    default: return .transient(.unavailable, "\(what): \(type(of: error))\(proxied)")
    }
  }

  private static func ofConnection(_ error: NIOConnectionError, _ what: String) -> Fault {
    if error.connectionErrors.isEmpty, error.dnsAError != nil || error.dnsAAAAError != nil {
      return .transient(
        .unavailable, "\(what): the name \(error.host) is not known", hint: "check the endpoint and the name service",
        effect: .none)
    }
    let reasons = error.connectionErrors.map { failure in
      (failure.error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(type(of: failure.error))"
    }
    return .transient(
      .unavailable, "\(what): no connection to \(error.host):\(error.port) (\(reasons.first ?? "unknown"))",
      hint: "is it running, and reachable from here?", effect: .none)
  }

  private static func ofTLS(_ text: String, _ what: String) -> Fault {
    // BoringSSL's own word for it, where there is one: "CERTIFICATE_VERIFY_FAILED at ...".
    let reason = text.split(separator: "OPENSSL_internal:").dropFirst().first?.prefix { $0.isLetter || $0 == "_" }
    let shown = reason.map { $0.lowercased().split(separator: "_").joined(separator: " ") }
    return .transient(
      .unavailable, "\(what): TLS failed (\(shown ?? Excerpt.of(text, hiding: [])))",
      hint: "check the certificate, the connection's ca: key and this machine's clock", effect: .none)
  }

  private static func ofClient(_ error: HTTPClientError, _ what: String, _ proxied: String) -> Fault {
    let text = error.shortDescription.lowercased()
    switch error {
    case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
      return .transient(.unavailable, "\(what): no connection in time (\(text))\(proxied)", effect: .none)
    case .httpProxyHandshakeTimeout, .socksHandshakeTimeout, .invalidProxyResponse, .proxyAuthenticationRequired:
      return .transient(
        .unavailable, "\(what): the proxy did not let us through (\(text))", hint: "check the connection's proxy: key",
        effect: .none)
    case .readTimeout, .writeTimeout, .deadlineExceeded:
      return .transient(.timeout, "\(what): no answer in time\(proxied)")
    case .cancelled, .requestStreamCancelled, .alreadyShutdown:
      return .transient(.interrupted, "\(what): interrupted")
    case .remoteConnectionClosed:
      return .transient(.unavailable, "\(what): the connection was closed before the answer\(proxied)")
    case .bodyLengthMismatch:
      return .permanent(.internalError, "\(what): the request's body has another length than announced")
    default:
      return .transient(.unavailable, "\(what): \(text)\(proxied)")
    }
  }
}

extension IOError {
  /// Nothing was sent: there was no connection to send it over. A host may become unreachable later as well, so that
  /// alone does not tell.
  fileprivate var isOfConnect: Bool {
    errnoCode == ECONNREFUSED
      || ([EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL].contains(errnoCode) && "\(self)".contains("onnect("))
  }
}
