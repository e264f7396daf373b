internal import Glibc
internal import TrainCore
internal import TrainTransport

/// Aliases are symbolic links beside the versions: `<path>/<model>/production -> 1.4.0`.
extension DirectoryStore {
  func target(of alias: String, for release: Release) throws(Fault) -> RemoteVersion? {
    let alias = try SafePath.name(alias, "the alias")
    let model = try modelName(release)
    let root = try root()
    guard try root.status(of: model) != nil else { return nil }
    let versions = try root.folder(model)
    guard let version = try versions.link(alias) else { return nil }
    return RemoteVersion(id: "\(model)/\(version)", url: "file://\(versions.path)/\(version)")
  }

  func point(_ alias: String, at version: RemoteVersion?, for release: Release) throws(Fault) {
    let alias = try SafePath.name(alias, "the alias")
    let model = try modelName(release)
    let root = try root()
    let versions = try boundary.cross(.directoryMakeModel) { () throws(Fault) -> Folder in try root.made(model) }
    // Nothing but a link is ever replaced.
    let before = try versions.link(alias)
    if let version {
      guard version.id.hasPrefix("\(model)/") else {
        throw .permanent(.rejected, "\(version.id) is no version of \(model)")
      }
      let name = try SafePath.name(String(version.id.dropFirst(model.utf8.count + 1)), "the version")
      let new = ".\(alias).new"
      try boundary.cross(.directoryMakeAlias) { () throws(Fault) in
        try versions.remove(new)
        try versions.link(new, to: name)
      }
      // In one step: whoever looks sees the old one or the new one.
      try boundary.cross(.directoryMoveAlias) { () throws(Fault) in try versions.rename(new, over: alias) }
    } else if before != nil {
      try boundary.cross(.directoryRemove) { () throws(Fault) in try versions.remove(alias) }
    }
    try boundary.cross(.directorySyncModel) { () throws(Fault) in try versions.synchronize() }
  }
}

extension Folder {
  /// What a symbolic link says; `nil` when nothing is there. Fault `.rejected` when it is something else.
  fileprivate func link(_ name: String) throws(Fault) -> String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlinkat(descriptor.number, name, &bytes, bytes.count)
    guard count >= 0 else {
      switch errno {
      case ENOENT: return nil
      case EINVAL:
        throw .permanent(
          .rejected, "\(path)/\(name) is no alias but something else", hint: "choose another name for the alias")
      case let code: throw .ofErrno(code, "reading the alias \(path)/\(name)")
      }
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
