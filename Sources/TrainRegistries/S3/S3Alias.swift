internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// An alias of a model: `<prefix>/<model>/_aliases/<alias>.json` says which version it means, or none. It is moved by
/// comparing and setting in one step. (No version's name begins with `_`.)
struct S3Alias: Sendable {
  private static let limit = 1024 * 1024

  struct Held: Sendable {
    /// `nil` = it means none any more.
    var target: RemoteVersion?
    /// As it came.
    var etag: String
  }

  let client: S3Client
  /// Holds the model's versions.
  let model: String
  let alias: String

  private var key: String { "\(model)/_aliases/\(alias).json" }

  /// `nil` when it was never set. Fault `.rejected` when something else is in its place.
  func read() async throws(Fault) -> Held? {
    guard let found = try await S3Objects(client: client).read(key, at: .s3GetAlias, most: Self.limit) else {
      return nil
    }
    switch found.json["id"] {
    case .string(let id)?: return Held(target: RemoteVersion(id: id), etag: found.etag)
    case .null?: return Held(target: nil, etag: found.etag)
    case .bool?, .int?, .double?, .array?, .object?, nil:
      throw .permanent(
        .rejected, "\(key) is no alias but something else", hint: "choose another name for the alias")
    }
  }

  /// Fault `.misaligned` when it is no longer as it was read, `.unsupported` where the far side cannot compare.
  /// - Parameter held: as it was read.
  func point(at version: RemoteVersion?, over held: Held?) async throws(Fault) {
    let text = document(version, replaced: held?.target).canonical
    guard let held else {
      if try await write(text, ["if-none-match": "*"]) { return }
      throw moved
    }
    if try await write(text, ["if-match": held.etag]) { return }
    // Ceph, and what is made of it, compares with the ETag without its quotes.
    guard try await read()?.etag == held.etag else { throw moved }
    if try await write(text, ["if-match": ETag.unquoted(held.etag)]) { return }
    guard try await read()?.etag == held.etag else { throw moved }
    throw unsupported
  }

  private func document(_ version: RemoteVersion?, replaced: RemoteVersion?) -> JSON {
    let folder = version.map { $0.id.split(separator: "/") }
    return [
      "schema": 1, "alias": .string(alias), "id": version.map { .string($0.id) } ?? .null,
      "version": folder?.last.map { .string(String($0)) } ?? .null,
      "replaced": replaced.map { .string($0.id) } ?? .null,
    ]
  }

  /// `false` when the condition does not hold.
  private func write(_ text: String, _ condition: HTTPHeaders) async throws(Fault) -> Bool {
    let purpose = "move the alias \(key)"
    var headers = condition
    headers.add(name: "content-type", value: "application/json")
    let response = try await client.call(
      .s3PutAlias, .PUT, key, purpose, headers: headers, body: .text(text), sha256: SigV4.sha256(text))
    switch (response.status, response.isSuccess ? nil : S3Error(response)?.code) {
    case (200..<300, _):
      guard S3Objects.etag(response) != nil else { throw client.noObject(response, purpose) }
      return true
    case (404, "NoSuchBucket"): throw client.fault(of: response, purpose)
    case (404, _), (409, _), (412, _): return false
    case (400, "NotImplemented"), (501, _): throw unsupported
    default: throw client.fault(of: response, purpose)
    }
  }

  private var moved: Fault {
    .transient(.misaligned, "\(key) was changed by somebody else a moment ago", effect: .none)
  }

  private var unsupported: Fault {
    .permanent(
      .unsupported,
      "\(client.location.origin) does not know If-Match: moving \(key) there could undo what somebody else moved",
      hint: "leave promote: out for this registry, or publish to a server that knows conditional writes")
  }
}
