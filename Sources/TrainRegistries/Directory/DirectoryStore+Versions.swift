internal import Glibc
internal import TrainCore
internal import TrainTransport

/// The versions that can be seen.
extension DirectoryStore {
  func find(_ release: Release) throws(Fault) -> Finding<RemoteVersion> {
    let model = try modelName(release)
    let version = try SafePath.name(release.modelVersion, "the version")
    let root = try root()
    guard try root.status(of: model) != nil else { return .absent }
    let versions: Folder
    do throws(Fault) { versions = try root.folder(model) } catch  where error.code != .diskFull {
      guard !error.isPermanent else {
        return .foreign(remote(release), why: "\(path)/\(model) is no directory of ours")
      }
      throw error
    }
    guard let status = try versions.status(of: version) else { return .absent }
    guard status.isDirectory else {
      return .foreign(remote(release), why: "\(path)/\(model)/\(version) is no directory")
    }
    return try judge(try versions.folder(version), release)
  }

  private func judge(_ folder: borrowing Folder, _ release: Release) throws(Fault) -> Finding<RemoteVersion> {
    var other: JSON?
    for name in DirectoryManifest.names {
      guard let manifest = try DirectoryManifest.read(name, in: folder) else { continue }
      if manifest["traind"] == release.marker { return .ours(remote(release)) }
      if manifest["traind"] != nil { other = other ?? manifest["traind"] }
    }
    guard let other else {
      return .foreign(
        remote(release),
        why: "\(folder.path) was not made by traind (it has no manifest of ours); "
          + "the artifact of \(release.job) is \(release.artifact.digest)")
    }
    return .foreign(
      remote(release),
      why: "\(folder.path) \(release.contrast(with: other))")
  }

  func commit(_ session: UploadSession, for release: Release) throws(Fault) -> RemoteVersion {
    let version = try SafePath.name(release.modelVersion, "the version")
    let root = try root()
    let model = try modelName(release)
    let versions = try boundary.cross(.directoryMakeModel) { () throws(Fault) -> Folder in try root.made(model) }
    let partial = try partial(in: root)
    let name = try name(of: session)
    let code = boundary.cross(.directoryRename) {
      renameWithoutReplacing(name, in: partial.descriptor.number, to: version, in: versions.descriptor.number)
    }
    switch code {
    case 0: break
    case EEXIST, ENOTEMPTY, ENOTDIR, ENOENT:
      switch try find(release) {
      case .ours:
        if code != ENOENT { try? boundary.cross(.directoryRemove) { () throws(Fault) in try partial.remove(name) } }
      case .foreign(_, let why): throw .permanent(.alreadyExists, why, hint: "publish under another version")
      case .absent:
        throw .transient(
          .sessionExpired, "the unfinished version \(partial.path)/\(name) is gone", effect: .none)
      }
    default: throw .ofErrno(code, "renaming \(partial.path)/\(name) to \(versions.path)/\(version)")
    }
    try boundary.cross(.directorySyncModel) { () throws(Fault) in
      try versions.synchronize()
      try partial.synchronize()
    }
    return remote(release)
  }

  /// The manifest is ours and every file has its length. The bytes were compared when they were sealed.
  func verify(_ release: Release) throws(Fault) {
    guard case .ours = try find(release) else {
      throw .permanent(.corrupted, "\(place(release)) is not, or no longer, the version that was published")
    }
    let folder = try root().folder(release.modelName).folder(release.modelVersion)
    for file in release.artifact.files {
      let status = try status(of: ArraySlice(try SafePath.components(file.path)), in: folder)
      guard let status, status.isRegular, status.bytes == file.bytes else {
        throw .permanent(
          .corrupted,
          "\(place(release))/\(file.path) has \(status.map { "\($0.bytes)" } ?? "no") bytes, "
            + "expected \(file.bytes)", hint: "remove that version and publish again")
      }
    }
  }

  private func status(
    of components: ArraySlice<String>, in folder: borrowing Folder
  ) throws(Fault) -> Descriptor.Status? {
    guard let first = components.first else { return nil }
    guard components.count > 1 else { return try folder.status(of: first) }
    guard try folder.status(of: first)?.isDirectory == true else { return nil }
    return try status(of: components.dropFirst(), in: try folder.folder(first))
  }

  private func place(_ release: Release) -> String { "\(path)/\(release.modelName)/\(release.modelVersion)" }

  private func remote(_ release: Release) -> RemoteVersion {
    RemoteVersion(id: "\(release.modelName)/\(release.modelVersion)", url: "file://\(place(release))")
  }
}
