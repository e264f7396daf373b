internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Uploads in parts: opened and finished by the server, the parts sent to the store that it names.
struct MLflowStore: Sendable {
  let artifacts: MLflowArtifacts
  private let addresses: SealedAddresses
  private let md5s: PartMD5s
  private var client: MLflowClient { artifacts.client }

  init(_ artifacts: MLflowArtifacts, _ addresses: SealedAddresses, _ md5s: PartMD5s) {
    self.artifacts = artifacts
    self.addresses = addresses
    self.md5s = md5s
  }

  /// - Returns: `nil` where the store offers none, or its addresses could not be kept.
  func open(
    _ file: Artifact.File, index: Int, partBytes: Int64, first: Int
  ) async throws(Fault) -> MLflowMultipart? {
    let purpose = "begin an upload of \(file.path) in parts"
    let count = Int((file.bytes + partBytes - 1) / partBytes)
    let response = try await client.tellArtifacts(
      .mlflowOpenMultipart, "mpu/create/\(artifacts.directory(of: file.path))",
      ["path": .string(MLflowArtifacts.name(of: file.path)), "num_parts": .int(Int64(count))], purpose)
    // A server that does not know it at all, or whose store does not.
    if response.status == 501 || response.status == 404 || response.status == 405 { return nil }
    let object = try response.mlflowObject()
    let credentials = (object["credentials"]?.array ?? []).sorted {
      ($0["part_number"]?.int ?? 0) < ($1["part_number"]?.int ?? 0)
    }.compactMap(MLflowMultipart.Credential.init).filter { Origin($0.url) != nil }
    guard credentials.count == count else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer has \(credentials.count) addresses for \(count) parts")
    }
    return MLflowMultipart(
      file: index, path: file.path, upload: object["upload_id"]?.string ?? "", partBytes: partBytes, first: first,
      credentials: credentials, by: addresses)
  }

  /// Sends one part; returns what the store said of it. Fault `.misaligned` when the address cannot be used (any more).
  func send(
    _ part: UploadPart, of file: Artifact.File, at location: String, in multipart: MLflowMultipart, pace: any Pace
  ) async throws(Fault) -> MLflowReceipt {
    let purpose = "upload a part of \(file.path)"
    let index = part.number - multipart.first
    guard multipart.credentials.indices.contains(index) else {
      throw .transient(.misaligned, "could not \(purpose): its address cannot be unsealed any more", effect: .none)
    }
    let credential = multipart.credentials[index]
    let cut = PartMD5s.Cut(path: location, bytes: file.bytes, part: multipart.partBytes)
    async let digest = md5s.md5(ofPart: index, of: cut)
    async let ahead: Void = md5s.read(ahead: index, of: cut)
    let slices = FileSlices(path: location, range: part.offset..<(part.offset + part.length), pace: pace)
    let crc = PassingCRC()
    // No secret of ours goes with it: the address is signed.
    let call = HTTPCall(
      .PUT, credential.url, point: .mlflowSendPart, purpose: purpose,
      headers: HTTPHeaders(credential.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
      body: .stream(CheckedBuffers(base: slices, crc: crc), length: part.length))
    let origin = Origin(credential.url)?.description ?? "the store"
    let response: HTTPResponse
    do throws(Fault) {
      response = try await client.transport.send(call)
    } catch {
      // The store need not be reachable from here: the server is.
      guard error.effect == .none, error.code == .unavailable else { throw error }
      throw Self.unusable(purpose, origin, error.message)
    }
    if response.isSuccess {
      let tag = response.headers.first(name: "etag") ?? ""
      guard multipart.upload.isEmpty || !tag.isEmpty else {
        throw .transient(.badAnswer, "could not \(purpose): \(origin) gave the part no ETag")
      }
      let md5 = try await digest.get()
      await ahead
      return MLflowReceipt(tag: tag, crc32c: ETag.unquoted(tag).lowercased() == md5 ? crc.value : nil)
    }
    // What a store says of a signature may quote it.
    let fault = Fault.ofStatus(response.head, "could not \(purpose): \(origin) answered", excerpt: "")
    guard fault.isPermanent else { throw fault }
    throw Self.unusable(purpose, origin, fault.message)
  }

  private static func unusable(_ purpose: String, _ origin: String, _ why: String) -> Fault {
    .transient(
      .misaligned, "\(why); what is left goes through the MLflow server instead of to \(origin)",
      effect: .none)
  }

  /// Puts the parts together. Any status.
  /// - Parameter tags: what the store called each part, in order.
  func finish(_ multipart: MLflowMultipart, of file: Artifact.File, tags: [String]) async throws(Fault) -> HTTPResponse
  {
    var body: JSON = [
      "path": .string(MLflowArtifacts.name(of: file.path)),
      "parts": .array(
        zip(tags, multipart.credentials).enumerated().map { index, part in
          ["part_number": .int(Int64(index + 1)), "etag": .string(part.0), "url": .string(part.1.url)]
        }),
    ]
    if !multipart.upload.isEmpty { body["upload_id"] = .string(multipart.upload) }
    return try await client.tellArtifacts(
      .mlflowFinishMultipart, "mpu/complete/\(artifacts.directory(of: file.path))", body,
      "put the parts of \(file.path) together", idleTimeout: MLflowArtifacts.idleTimeout(for: file.bytes))
  }

  /// Frees the parts. Any status.
  func abort(_ multipart: MLflowMultipart) async throws(Fault) -> HTTPResponse {
    try await client.tellArtifacts(
      .mlflowAbortMultipart, "mpu/abort/\(artifacts.directory(of: multipart.path))",
      ["path": .string(MLflowArtifacts.name(of: multipart.path)), "upload_id": .string(multipart.upload)],
      "give up an upload of \(multipart.path) in parts")
  }
}
