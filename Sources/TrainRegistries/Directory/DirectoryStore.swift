internal import Glibc
internal import TrainCore
internal import TrainTransport

/// What the directory registry does to its directory, thread-blocking.
struct DirectoryStore: Sendable {
  static let unfinished = ".partial"

  let path: String
  let partLength: Int64
  let boundary: Boundary
  let random: @Sendable () -> UInt64

  func open(_ release: Release) throws(Fault) -> UploadOpening {
    _ = try modelName(release)
    _ = try SafePath.name(release.modelVersion, "the version")
    guard DirectoryManifest.name(for: release.artifact) != nil else {
      let names = DirectoryManifest.names.joined(separator: " and ")
      throw .permanent(.rejected, "the artifact has files named \(names): no name is left for the manifest")
    }
    let root = try root()
    let partial = try partial(in: root)
    if let free = partial.free, free < release.artifact.bytes {
      throw .transient(
        .diskFull, "\(path) has \(free) bytes free, the artifact of \(release.job) has \(release.artifact.bytes)",
        hint: "free some space; traind tries again", effect: .none)
    }
    let name = Self.stem(of: release) + String(random(), radix: 16)
    let folder = try boundary.cross(.directoryMakeUpload) { () throws(Fault) -> Folder in try partial.new(name) }
    for file in release.artifact.files {
      let components = try SafePath.components(file.path)
      try boundary.cross(.directoryMakeFile) { () throws(Fault) in
        _ = try make(ArraySlice(components), in: folder, O_WRONLY | O_CREAT | O_EXCL)
      }
    }
    try boundary.cross(.directorySyncNames) { () throws(Fault) in
      try folder.synchronize()
      try partial.synchronize()
    }
    return UploadOpening(
      session: UploadSession(state: ["partial": .string(name)]), total: release.artifact.bytes)
  }

  /// How the names of a release's unfinished copies begin. No other job's do: `a-b` of `c` and `a` of `b-c` are told
  /// apart.
  private static func stem(of release: Release) -> String {
    "\(release.modelName)-\(release.modelVersion)-\(release.provenance.identity.prefix(16))-"
  }

  func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) throws(Fault) -> UploadPlan {
    let folder = try folder(of: session)
    let done = Set(receipts)
    // A receipt counts for the copy it was given for, no other.
    let token = try name(of: session)
    var parts: [UploadPart] = []
    var sent: Int64 = 0
    var number = 0
    for (index, file) in release.artifact.files.enumerated() {
      let held = try made(file, in: folder, O_RDONLY).status().bytes
      var offset: Int64 = 0
      while offset < file.bytes {
        let length = min(partLength, file.bytes - offset)
        let receipt = PartReceipt(number: number, offset: offset, length: length, token: token)
        if done.contains(receipt), held >= offset + length {
          sent += length
        } else {
          parts.append(UploadPart(number: number, file: index, offset: offset, length: length))
        }
        offset += length
        number += 1
      }
    }
    return UploadPlan(session: session, sent: sent, parts: parts)
  }

  /// The unfinished copy of a file, to be written (and read).
  func copy(of file: Artifact.File, in session: UploadSession) throws(Fault) -> SharedDescriptor {
    let folder = try folder(of: session)
    return SharedDescriptor(try made(file, in: folder, O_RDWR))
  }

  /// Writes the manifest and makes all names durable. The bytes were compared before.
  func finish(_ session: UploadSession, for release: Release) throws(Fault) {
    let folder = try folder(of: session)
    try boundary.cross(.directoryManifest) { () throws(Fault) in
      try write(release.record, as: DirectoryManifest.name(for: release.artifact) ?? "", in: folder)
    }
    let partial = try partial(in: try root())
    try boundary.cross(.directorySyncNames) { () throws(Fault) in
      try synchronizeFolders(of: release.artifact, in: folder)
      try partial.synchronize()
    }
  }

  /// What became a version is not below `.partial` any more.
  func abandon(_ upload: AbandonedUpload, of release: Release) throws(Fault) {
    let root = try opened()
    guard try root.status(of: Self.unfinished) != nil else { return }
    let partial = try root.folder(Self.unfinished)
    let kept = try upload.kept.map { (kept) throws(Fault) in try name(of: kept) }
    let names: [String]
    if let session = upload.session {
      names = [try name(of: session)]
    } else {
      names = try partial.names().filter { $0.hasPrefix(Self.stem(of: release)) }
    }
    for name in names where name != kept {
      try boundary.cross(.directoryRemove) { () throws(Fault) in try partial.remove(name) }
    }
  }

  /// The registry's own directory, made if only it is missing.
  func root() throws(Fault) -> Folder {
    try boundary.cross(.directoryMakeRoot) { () throws(Fault) in
      if mkdir(path, 0o755) != 0, errno != EEXIST {
        throw reachable(.ofErrno(errno, "making the registry's directory \(path)"))
      }
    }
    return try opened()
  }

  private func opened() throws(Fault) -> Folder {
    do throws(Fault) { return try Folder(opening: path) } catch { throw reachable(error) }
  }

  /// Where versions are made, which is made itself if it is missing.
  func partial(in root: borrowing Folder) throws(Fault) -> Folder {
    try boundary.cross(.directoryMakePartial) { () throws(Fault) -> Folder in try root.made(Self.unfinished) }
  }

  /// A directory that cannot be reached is repaired or mounted some day; no publication ends because of it.
  private func reachable(_ fault: Fault) -> Fault {
    var fault = fault
    if fault.code == .notFound {
      fault.hint = "is its disk mounted? otherwise make the directory above it, writable for the daemon's user"
    }
    fault.disposition = .transient(after: nil)
    fault.effect = .none
    return fault
  }

  func modelName(_ release: Release) throws(Fault) -> String {
    let name = try SafePath.name(release.modelName, "the model")
    guard name != Self.unfinished else {
      throw .permanent(.rejected, "no model can be called \(name) here: unfinished versions are kept under that name")
    }
    return name
  }

  func name(of session: UploadSession) throws(Fault) -> String {
    guard let name = session.state["partial"]?.string else {
      throw .transient(.sessionExpired, "a stored upload to \(path) cannot be read", effect: .none)
    }
    return try SafePath.name(name, "the unfinished version")
  }

  func folder(of session: UploadSession) throws(Fault) -> Folder {
    let name = try name(of: session)
    do throws(Fault) {
      return try root().folder(Self.unfinished).folder(name)
    } catch  where error.code == .notFound {
      throw .transient(
        .sessionExpired, "the unfinished version \(path)/\(Self.unfinished)/\(name) is gone", effect: .none)
    }
  }

  private func made(
    _ file: Artifact.File, in folder: borrowing Folder, _ flags: Int32
  ) throws(Fault) -> Descriptor {
    do throws(Fault) {
      return try make(ArraySlice(try SafePath.components(file.path)), in: folder, flags)
    } catch  where error.code == .notFound {
      throw .transient(.sessionExpired, "the unfinished copy of \(file.path) in \(path) is gone", effect: .none)
    }
  }

  private func make(
    _ components: ArraySlice<String>, in folder: borrowing Folder, _ flags: Int32
  ) throws(Fault) -> Descriptor {
    guard let first = components.first else { throw .permanent(.rejected, "a file of the artifact has no name") }
    if components.count == 1 { return try folder.file(first, flags) }
    let inner = flags & O_CREAT != 0 ? try folder.made(first) : try folder.folder(first)
    return try make(components.dropFirst(), in: inner, flags)
  }

  private func write(_ manifest: JSON, as name: String, in folder: borrowing Folder) throws(Fault) {
    let file = try folder.file(name, O_WRONLY | O_CREAT | O_TRUNC)
    var text = manifest.canonical + "\n"
    let written = text.withUTF8 { bytes in
      Result { () throws(Fault) in try file.write(UnsafeRawBufferPointer(bytes), at: 0) }
    }
    try written.get()
    try file.synchronize()
  }

  private func synchronizeFolders(of artifact: Artifact, in folder: borrowing Folder) throws(Fault) {
    var paths: Set<[String]> = []
    for file in artifact.files {
      let components = try SafePath.components(file.path).dropLast()
      for end in components.indices { paths.insert(Array(components[...end])) }
    }
    for path in paths { try synchronize(ArraySlice(path), in: folder) }
    try folder.synchronize()
  }

  private func synchronize(_ path: ArraySlice<String>, in folder: borrowing Folder) throws(Fault) {
    guard let first = path.first else { return try folder.synchronize() }
    try synchronize(path.dropFirst(), in: try folder.folder(first))
  }
}
