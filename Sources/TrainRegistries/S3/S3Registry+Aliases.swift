public import TrainCore
internal import TrainTransport

extension S3Registry {
  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    try await self.alias(alias, release).read()?.target
  }

  public func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault) {
    let alias = try self.alias(alias, release)
    let held = try await alias.read()
    if held?.target?.id == version?.id { return }
    guard held?.target?.id == replaced?.id else {
      throw .transient(.misaligned, "the alias '\(alias.alias)' is elsewhere by now", effect: .none)
    }
    if let version { try await look(for: version) }
    try await alias.point(at: version, over: held)
  }

  /// What an alias is put back to may be gone by now.
  private func look(for version: RemoteVersion) async throws(Fault) {
    let bucket = "s3://\(client.location.bucket)/"
    guard version.id.hasPrefix(bucket),
      try await objects.head("\(version.id.dropFirst(bucket.count))/manifest.json") != nil
    else { throw .permanent(.notFound, "\(version.id) is not in the bucket \(client.location.bucket)") }
  }

  private func alias(_ alias: String, _ release: Release) throws(Fault) -> S3Alias {
    S3Alias(client: client, model: try version(of: release).model, alias: try SafePath.name(alias, "the alias"))
  }
}
