import Glibc
public import TrainCore

/// Takes one run's files. A file is `<path>.part` with its far side's tag in `<path>.tag` until it is whole, synced
/// and renamed.
public actor SpoolSink: ArtifactSink {
  private struct Open {
    var descriptor: Int32
    var digests: RunningDigests
    var reserved: Int64
    var total: Int64?
  }

  private let spool: Spool
  private let job: JobID
  private let directory: String
  private let boundary: Boundary
  private let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private var open: [String: Open] = [:]
  private var files: [String: Artifact.File] = [:]
  /// Files of one artifact.
  private let mostFiles = 10_000

  init(spool: Spool, job: JobID, directory: String, boundary: Boundary, executor: any SerialExecutor) {
    self.executor = executor
    self.spool = spool
    self.job = job
    self.directory = directory
    self.boundary = boundary
  }

  public func open(_ path: String, tag: String, total: Int64?) async throws(Fault) -> Int64 {
    try check(path)
    closeFile(path)
    let final = "\(directory)/\(path)"
    let part = "\(final).part"
    if let slash = final.lastIndex(of: "/") {
      try boundary.cross(.spoolMake) { () throws(Fault) in try Disk.makeDirectory(String(final[..<slash])) }
    }
    // A file that was whole under this tag is taken up again as its own beginning.
    if readTag(final) == tag {
      if Disk.size(part) == nil, Disk.size(final) != nil { boundary.cross(.spoolResume) { rename(final, part) } }
    } else {
      await spool.giveBack((Disk.size(final) ?? 0) + (Disk.size(part) ?? 0), of: job)
      try boundary.cross(.spoolTag) { () throws(Fault) in
        unlink(final)
        unlink(part)
        try writeTag(tag, final)
      }
    }
    let descriptor = try boundary.cross(.spoolOpen) { () throws(Fault) -> Int32 in
      let descriptor = Glibc.open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
      guard descriptor >= 0 else { throw Disk.fault("could not open", part) }
      return descriptor
    }
    var digests = RunningDigests()
    do throws(Fault) {
      try Disk.read(part) { digests.update($0) }
      if let total, digests.bytes > total {
        let isEmptied = boundary.cross(.spoolTruncate) { ftruncate(descriptor, 0) == 0 }
        guard isEmptied else { throw Disk.fault("could not truncate", part) }
        await spool.giveBack(digests.bytes, of: job)
        digests = RunningDigests()
      }
      let wanted = max(0, (total ?? digests.bytes) - digests.bytes)
      try await spool.reserve(wanted, for: job, doing: "\(job): \(path)")
      lseek(descriptor, off_t(digests.bytes), SEEK_SET)
      open[path] = Open(descriptor: descriptor, digests: digests, reserved: wanted, total: total)
      return digests.bytes
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  public func write(_ bytes: [UInt8], to path: String) async throws(Fault) {
    guard var file = open[path] else { throw notOpen(path) }
    if let total = file.total, file.digests.bytes + Int64(bytes.count) > total {
      throw Fault.transient(.badAnswer, "fetching \(job): \(path) is longer than the \(total) bytes announced")
    }
    if file.total == nil {
      try await spool.reserve(Int64(bytes.count), for: job, doing: "\(job): \(path)")
      file.reserved += Int64(bytes.count)
    }
    try boundary.cross(.spoolWrite) { () throws(Fault) in
      var fault: Fault?
      bytes.withUnsafeBytes { buffer in
        do throws(Fault) {
          try Disk.write(file.descriptor, buffer, path: "\(directory)/\(path).part")
          file.digests.update(buffer)
        } catch { fault = error }
      }
      if let fault {
        // A short write may have left bytes that the digests have not seen: only what they have counts.
        _ = ftruncate(file.descriptor, off_t(file.digests.bytes))
        lseek(file.descriptor, off_t(file.digests.bytes), SEEK_SET)
        throw fault
      }
    }
    open[path] = file
  }

  public func finish(_ path: String) async throws(Fault) -> FileDigests {
    guard let file = open[path] else { throw notOpen(path) }
    if let total = file.total, file.digests.bytes != total {
      throw Fault.transient(
        .unavailable, "fetching \(job): \(path) ended at \(file.digests.bytes) of \(total) bytes")
    }
    let final = "\(directory)/\(path)"
    let digests = file.digests.finish()
    try boundary.cross(.spoolSync) { () throws(Fault) in
      guard fsync(file.descriptor) != 0 else { return }
      let fault = Disk.fault("could not sync", final)
      // What is on the disk is unknown, and the next fsync would say nothing of it: the file is fetched again.
      unlink("\(final).part")
      throw fault
    }
    try boundary.cross(.spoolRename) { () throws(Fault) in
      guard rename("\(final).part", final) == 0 else { throw Disk.fault("could not rename", final) }
      if let slash = final.lastIndex(of: "/") { try Disk.sync(directory: String(final[..<slash])) }
    }
    closeFile(path)
    files[path] = Artifact.File(path: path, bytes: file.digests.bytes, digests: digests)
    return digests
  }

  public func discard(_ path: String) async throws(Fault) {
    let final = "\(directory)/\(path)"
    let held = (open[path]?.digests.bytes ?? files[path]?.bytes ?? 0)
    closeFile(path)
    files[path] = nil
    boundary.cross(.spoolDiscard) {
      for name in [final, "\(final).part", "\(final).tag"] { unlink(name) }
    }
    await spool.giveBack(held, of: job)
  }

  /// What was finished, as the artifact that it makes.
  public func complete() async throws(Fault) -> Artifact {
    for path in Array(open.keys) { closeFile(path) }
    guard !files.isEmpty else {
      throw Fault.permanent(.notFound, "\(job) produced no file", hint: "the training must write its model")
    }
    let artifact = try boundary.cross(.spoolComplete) { () throws(Fault) -> Artifact in
      try Disk.sync(directory: directory)
      return Artifact(files: Array(files.values), sha256OfManifest: Hex.sha256(of:))
    }
    await spool.recount(job)
    return artifact
  }

  /// The artifact is stored: nobody will ask again where its bytes came from. Before that, a restart takes them up
  /// again.
  public func forgetTags() async {
    boundary.cross(.spoolForgetTags) { for path in files.keys { unlink("\(directory)/\(path).tag") } }
    await spool.recount(job)
  }

  /// Closes what is open; what was written stays for the next time, and is all that counts.
  public func close() async {
    for path in Array(open.keys) { closeFile(path) }
    await spool.recount(job)
  }

  private func check(_ path: String) throws(Fault) {
    let components = path.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = components.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && !path.utf8.contains(0)
    guard isSafe, path.utf8.count <= 1024, !path.hasSuffix(".part"), !path.hasSuffix(".tag") else {
      throw Fault.permanent(
        .rejected, "fetching \(job): the file name \(path.debugDescription) can't be kept",
        hint: "names are relative, at most 1024 bytes, without .., and do not end in .part or .tag")
    }
    guard files.count < mostFiles else {
      throw Fault.permanent(
        .rejected, "fetching \(job): more than \(mostFiles) files", hint: "let the training pack them into an archive")
    }
  }

  private func notOpen(_ path: String) -> Fault {
    .transient(.internalError, "fetching \(job): \(path) is not open", effect: .none)
  }

  private func closeFile(_ path: String) {
    if let file = open.removeValue(forKey: path) { Glibc.close(file.descriptor) }
  }

  private func readTag(_ final: String) -> String? {
    var tag: [UInt8] = []
    do { try Disk.read("\(final).tag") { if tag.count < 4096 { tag += $0 } } } catch { return nil }
    return String(decoding: tag, as: UTF8.self)
  }

  private func writeTag(_ tag: String, _ final: String) throws(Fault) {
    let path = "\(final).tag"
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw Disk.fault("could not open", path) }
    defer { Glibc.close(descriptor) }
    var fault: Fault?
    Array(tag.utf8).withUnsafeBytes { buffer in
      do throws(Fault) { try Disk.write(descriptor, buffer, path: path) } catch { fault = error }
    }
    if let fault { throw fault }
    guard fsync(descriptor) == 0 else { throw Disk.fault("could not sync", path) }
  }
}
