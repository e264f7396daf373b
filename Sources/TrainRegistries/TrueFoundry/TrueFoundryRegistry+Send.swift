internal import FoundationEssentials
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

extension TrueFoundryRegistry {
  /// Sends one part, or a whole file, to the address that was signed for it.
  func put(
    _ part: UploadPart, of release: Release, in session: TrueFoundrySession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    let layout = TrueFoundryLayout(release.artifact, session)
    let (file, index) = try layout.place(of: part)
    let staged = session.staged
    let path = release.location(of: release.artifact.files[file.index])
    let start = part.offset - file.base
    let slices = FileSlices(path: path, range: start..<(start + part.length), pace: pace)
    guard file.isMultipart else {
      let address = try await urls.address(of: file, among: layout.files, in: staged)
      let crc = PassingCRC()
      let announced = checks.rule == .header ? file.digests.md5 : nil
      let response = try await put(slices, part.length, crc, to: address, md5: announced)
      if let fault = refusal(response, of: address, "upload \(file.path)") {
        if Self.isUseless(fault) { await urls.drop(file.index, in: staged) }
        throw fault
      }
      guard crc.value == file.digests.crc32c else {
        throw try await damaged(release, file, "other bytes were read from \(file.path) than before")
      }
      try accept(response, file.digests.md5, file.path, wasChecked: announced != nil)
      let receipt = TrueFoundryReceipt(etag: response.etag, crc32c: crc.value)
      return PartReceipt(number: part.number, offset: part.offset, length: part.length, token: receipt.token)
    }
    let multipart = try await urls.multipart(of: file, in: staged)
    let address = multipart.parts[index]
    guard time.monotonic < address.due else {
      await urls.spend(multipart.reference, of: file.index, in: staged)
      throw Self.ranOut(file.path)
    }
    let cut = PartMD5s.Cut(path: path, bytes: file.bytes, part: file.part)
    async let digest = md5s.md5(ofPart: index, of: cut)
    async let ahead: Void = md5s.read(ahead: index, of: cut)
    let announced = checks.rule == .header ? try await digest.get() : nil
    let crc = PassingCRC()
    let response = try await put(slices, part.length, crc, to: address, md5: announced)
    if let fault = refusal(response, of: address, "upload a part of \(file.path)") {
      if Self.isUseless(fault) { await urls.spend(multipart.reference, of: file.index, in: staged) }
      throw fault
    }
    try accept(response, try await digest.get(), file.path, wasChecked: announced != nil)
    await ahead
    let isToTell = await urls.isToTell(multipart.reference, in: staged)
    let receipt = TrueFoundryReceipt(
      etag: response.etag, upload: multipart.reference, crc32c: crc.value,
      addresses: isToTell ? addresses.seal(multipart.packed(at: time)) : nil)
    return PartReceipt(number: part.number, offset: part.offset, length: part.length, token: receipt.token)
  }

  /// One PUT. No header that an address did not sign may begin with `x-amz-`.
  private func put(
    _ slices: FileSlices, _ length: Int64, _ crc: PassingCRC, to address: SignedAddress, md5: String?
  ) async throws(Fault) -> StoreResponse {
    var headers: HTTPHeaders = [:]
    if address.isAzureBlob { headers.add(name: "x-ms-blob-type", value: "BlockBlob") }
    if let md5 { headers.add(name: "content-md5", value: Self.base64(ofHex: md5)) }
    let began = time.monotonic
    let response = try await client.transport.send(
      HTTPCall(
        .PUT, address.url.reveal(), point: .trueFoundrySendPart,
        purpose: "upload \(length) bytes to the object store", headers: headers,
        body: .stream(CheckedBuffers(base: slices, crc: crc), length: length)))
    rate.note(length, in: time.monotonic - began)
    return StoreResponse(response)
  }

  /// Why a store did not take bytes; `nil` when it did. `.misaligned` = the address is no use any more.
  private func refusal(_ response: StoreResponse, of address: SignedAddress, _ what: String) -> Fault? {
    guard response.isError else { return nil }
    if response.isExpiry || (response.status == 403 && address.due <= time.monotonic) { return Self.ranOut(what) }
    if response.status == 404, response.code == "NoSuchUpload" {
      return .transient(
        .misaligned, "the object store gave up an upload before \(what): it is begun again", effect: .none)
    }
    return response.fault(what)
  }

  private static func isUseless(_ fault: Fault) -> Bool { fault.code == .misaligned || fault.code == .unauthorized }

  private static func ranOut(_ what: String) -> Fault {
    .transient(
      .misaligned, "a signed address ran out (\(what)): new ones are asked for", effect: .none)
  }

  /// Compares what the store says it took with what was sent.
  private func accept(
    _ response: StoreResponse, _ md5: String, _ path: String, wasChecked: Bool
  ) throws(Fault) {
    // Azure has none for a block, but says Created. A page in the store's place says neither.
    guard !response.etag.isEmpty || response.status == 201 else {
      throw .transient(
        .badAnswer, "the answer to the upload of \(path) is not an object store's: it has no ETag", effect: .unknown)
    }
    guard !checks.accepts(response.md5, for: md5.lowercased(), wasChecked: wasChecked) else { return }
    throw .transient(
      .badAnswer,
      "the object store says MD5 \(response.md5 ?? "?") of bytes of \(path) that have \(md5): they are sent again",
      hint: "something between here and the store changes bytes, or the store is damaged", effect: .none)
  }

  /// The fault for bytes that are not the artifact's: permanent when it is the spool's.
  func damaged(_ release: Release, _ file: TrueFoundryLayout.File, _ why: String) async throws(Fault) -> Fault {
    let file = release.artifact.files[file.index]
    try await FileHash.check(file, at: release.location(of: file))
    return .transient(.io, "\(why), though the file is whole now: it is sent again", effect: .none)
  }

  private static func base64(ofHex hex: String) -> String {
    var bytes = Data()
    var rest = Substring(hex)
    while rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) {
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes.base64EncodedString()
  }
}
