internal import TrainCore

/// Begins an upload to S3: one multipart upload for each file that is longer than a part.
struct S3Opening: Sendable {
  let registry: S3Registry
  let release: Release
  let version: S3Version

  func open() async throws(Fault) -> UploadOpening {
    let files = release.artifact.files
    try version.check(release.artifact)
    let mark = String(registry.random(), radix: 16)
    var session = S3Session(mark: mark, part: Self.part(of: release.artifact, least: registry.leastPart))
    let long = files.indices.filter { !session.isWhole(files[$0]) }
    if !long.isEmpty {
      let begun = try await begunBefore()
      for index in long {
        let key = version.key(of: files[index])
        // Its key holds the artifact's digest: whoever put it there put the same.
        if try await registry.objects.held(key, as: files[index]) != nil { continue }
        if let id = begun[key], try await fits(id, key, files[index], session) {
          session.uploads[index] = S3Session.Open(key: key, id: id)
        } else {
          session.uploads[index] = S3Session.Open(key: key, id: try await create(key, files[index], session))
        }
      }
    }
    return UploadOpening(session: session.stored, total: release.artifact.bytes)
  }

  /// Uploads of the same bytes to the same keys: an answer of ours that was lost, mostly. Not everybody may look for
  /// them.
  private func begunBefore() async throws(Fault) -> [String: String] {
    do throws(Fault) {
      return try await registry.multipart.open(version.filePrefix)
    } catch {
      guard error.isPermanent else { throw error }
      return [:]
    }
  }

  /// A refusal of one file's does not say that nothing was opened, once another's was.
  private func create(_ key: String, _ file: Artifact.File, _ session: S3Session) async throws(Fault) -> String {
    do throws(Fault) { return try await registry.multipart.create(key, file) } catch {
      var fault = error
      if !session.uploads.isEmpty { fault.effect = .unknown }
      throw fault
    }
  }

  private func fits(
    _ id: String, _ key: String, _ file: Artifact.File, _ session: S3Session
  ) async throws(Fault) -> Bool {
    guard let parts = try await registry.multipart.parts(key, id) else { return false }
    return parts.allSatisfy { number, part in
      let offset = Int64(number - 1) * session.part
      return offset >= 0 && offset < file.bytes && part.bytes == min(session.part, file.bytes - offset)
    }
  }

  /// Bytes of a part so that no file has more than 10,000, in whole MiB where it must be more than `least`.
  static func part(of artifact: Artifact, least: Int64) -> Int64 {
    let largest = artifact.files.map(\.bytes).max() ?? 0
    let needed = (largest + S3Multipart.mostParts - 1) / S3Multipart.mostParts
    guard needed > least else { return least }
    let unit: Int64 = 1024 * 1024
    return (needed + unit - 1) / unit * unit
  }
}
