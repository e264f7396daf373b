internal import NIOHTTP1
package import TrainCore
package import TrainTransport
package import ViamAPI

/// Looks at the address that the package service gives for an archive.
package struct ViamProbe: Sendable {
  private static let mostRedirects = 5
  static let contentType = "application/x-gzip"

  package let http: HTTPTransport
  package let keyID: String
  package let key: RenewableSecret
  /// The endpoint itself is not encrypted: its packages need not be.
  let mayBePlaintext: Bool

  package init(http: HTTPTransport, keyID: String, key: RenewableSecret, mayBePlaintext: Bool) {
    self.http = http
    self.keyID = keyID
    self.key = key
    self.mayBePlaintext = mayBePlaintext
  }

  /// Asks for the head, following redirects by hand.
  package func source(
    of package: Viam_App_Packages_V1_Package, _ what: String
  ) async throws(Fault) -> ViamSource {
    guard let home = Origin(package.url) else {
      throw .transient(.badAnswer, "could not \(what): Viam gives no address for it")
    }
    var url = package.url
    for _ in 0...ViamProbe.mostRedirects {
      guard let origin = Origin(url), origin.scheme == "https" || mayBePlaintext else {
        throw .permanent(
          .badAnswer, "could not \(what): its address is not encrypted, the connection to Viam is",
          hint: "is the endpoint the right one?")
      }
      let takesKey = origin == home
      let head = try await head(of: url, takesKey: takesKey, what)
      if (300..<400).contains(head.status) {
        guard let location = head.headers.first(name: "location"), let next = ViamProbe.resolve(location, origin)
        else { throw .transient(.badAnswer, "could not \(what): \(origin) redirects to no address") }
        url = next
        continue
      }
      return try source(of: package, url, takesKey, head, what)
    }
    throw .transient(.badAnswer, "could not \(what): more than \(ViamProbe.mostRedirects) redirects")
  }

  private func head(of url: String, takesKey: Bool, _ what: String) async throws(Fault) -> HTTPAnswerHead {
    let call = try ViamSource.call(.HEAD, url, takesKey: takesKey, what, keyID, key)
    let response = try await http.send(call)
    switch response.status {
    case 200, 300..<400: return response.head
    case 405,
      403 where !takesKey:
      // An address that is signed for GET alone.
      return try await peek(at: url, takesKey: takesKey, what)
    case 401, 403:
      // The address was given a moment ago for this key: it may have run out, or the key was just replaced.
      if takesKey, try key.renew(after: try key.current()) {
        return try await http.send(try ViamSource.call(.HEAD, url, takesKey: takesKey, what, keyID, key))
          .requireSuccess().head
      }
      var fault = response.fault
      fault.disposition = .transient()
      fault.hint = "may the key read the organization's packages?"
      throw fault
    case 404:
      var fault = response.fault
      fault.disposition = .transient()
      throw fault
    default: throw response.fault
    }
  }

  /// The head of a GET of the first byte.
  private func peek(at url: String, takesKey: Bool, _ what: String) async throws(Fault) -> HTTPAnswerHead {
    var call = try ViamSource.call(.GET, url, takesKey: takesKey, what, keyID, key)
    call.headers.add(name: "range", value: "bytes=0-0")
    return try await http.stream(call) { head, _ in head }
  }

  private func source(
    of package: Viam_App_Packages_V1_Package, _ url: String, _ takesKey: Bool, _ head: HTTPAnswerHead, _ what: String
  ) throws(Fault) -> ViamSource {
    let type = head.headers.first(name: "content-type") ?? "nothing"
    guard type == ViamProbe.contentType else {
      throw .transient(
        .badAnswer, "could not \(what): it is offered as \(type.prefix(100)), not as \(ViamProbe.contentType)",
        hint: "is it a model's package, and no page of a proxy in between?")
    }
    let total = head.headers.first(name: head.status == 206 ? "content-range" : "content-length")
    guard let length = total?.split(separator: "/").last.flatMap({ Int64($0) }), length >= 0 else {
      throw .transient(.badAnswer, "could not \(what): its length is not announced")
    }
    let hashes = ViamHashes(head.headers)
    let etag = head.headers.first(name: "etag")
    let tag = hashes.crc32c.map { "crc32c:\($0)" } ?? etag.map { "etag:\($0)" } ?? "checksum:\(package.checksum)"
    return ViamSource(
      url: url, takesKey: takesKey, length: length, hashes: hashes, etag: etag, tag: "\(tag):\(length)")
  }

  /// Absolute addresses, and absolute paths on the same host.
  private static func resolve(_ location: String, _ origin: Origin) -> String? {
    if Origin(location) != nil { return location }
    if location.hasPrefix("//") { return "\(origin.scheme):\(location)" }
    return location.hasPrefix("/") ? "\(origin)\(location)" : nil
  }
}
