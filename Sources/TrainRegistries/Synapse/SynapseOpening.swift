internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Opens an upload by sending its first bytes: the backend has no other way.
struct SynapseOpening {
  let registry: SynapseRegistry
  let release: Release

  func open() async throws(Fault) -> UploadOpening {
    let keys = try SynapseKeys(release)
    let layout = try SynapseLayout(release, keys: keys)
    /// Of an archive they are known once it was sent.
    var digests: LayoutDigests?
    let filename: String
    switch layout {
    case .file:
      let file = release.artifact.files[0]
      digests = LayoutDigests(md5: file.digests.md5, sha256: file.digests.sha256)
      filename = file.path.split(separator: "/").last.map(String.init) ?? file.path
    case .zip:
      filename = "\(release.modelName)-\(release.modelVersion).zip"
    case .part: throw .permanent(.internalError, "a release is not uploaded by a client")
    }
    let named = Self.shown(filename)
    let upload = try await registry.begin(layout, named: named, most: layout.bytes)
    registry.unsettled.remove(upload.id)
    let session = SynapseSession(
      upload: upload.id, filename: named, bytes: layout.bytes, md5: digests?.md5.lowercased(),
      sha256: digests?.sha256, isArchive: layout.isArchive)
    return UploadOpening(session: session.stored, total: layout.bytes)
  }

  /// The backend takes 1 to 255 characters; a line break would end the form's field.
  static func shown(_ name: String) -> String {
    String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.suffix(255)))
  }
}

extension SynapseRegistry {
  /// Opens an upload with the first bytes of a layout, at most `most`.
  func begin(_ layout: SynapseLayout, named: String, most: Int64) async throws(Fault) -> SynapseUpload {
    while true {
      let length = min(sizes.first, most)
      let digests = layout.isArchive ? PassingDigests() : nil
      let response = try await layout.put(
        0..<length, at: .synapseOpenUpload, to: "/chunked_upload/", named: named, by: client, digests: digests,
        pace: nil)
      // Not a retry: something in between takes only smaller requests, and nothing has happened yet.
      if response.status == 413, sizes.refuse(length) { continue }
      try response.requireSuccess()
      let upload = try SynapseUpload.from(response, "open an upload")
      guard upload.offset == length else {
        throw .transient(
          .badAnswer, "could not open an upload: Synapse took \(upload.offset) bytes of \(length)")
      }
      if let digests { archives.keep(digests, of: upload.id) }
      return upload
    }
  }
}
