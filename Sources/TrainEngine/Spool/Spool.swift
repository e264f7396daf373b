public import TrainCore

/// Where artifacts lie between the provider and the registries: `<root>/<job>/<attempt>/`, under a quota.
public actor Spool {
  public let root: String
  private var quota: Int64?
  private let boundary: Boundary
  private let injected: (any SerialExecutor)?
  private let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  /// Bytes that files hold or were promised, by job.
  private var reserved: [JobID: Int64] = [:]

  /// - Parameters:
  ///   - quota: bytes; `nil` = what the disk has.
  ///   - executor: where file operations block; `nil` = a thread of its own, and one for each sink.
  public init(
    root: String, quota: Int64?, boundary: Boundary = .init(), executor: (any SerialExecutor)? = nil
  ) throws(Fault) {
    self.root = root
    self.quota = quota
    self.boundary = boundary
    injected = executor
    self.executor = executor ?? QueueExecutor("spool")
    try boundary.cross(.spoolMake) { () throws(Fault) in try Disk.makeDirectory(root) }
    for name in Disk.names(in: root) { reserved[JobID(name)] = Disk.usage("\(root)/\(name)") }
  }

  /// Job ids hold nothing that a file name may not.
  public nonisolated func directory(of job: JobID, attempt: Int) -> String { "\(root)/\(job)/\(attempt)" }

  /// Jobs that have something here.
  public var jobs: [JobID] { reserved.keys.sorted() }
  public var used: Int64 { reserved.values.reduce(0, +) }

  public func limit(to quota: Int64?) { self.quota = quota }

  /// A sink for one run's files; reopens what an earlier one left.
  public func sink(for job: JobID, attempt: Int) throws(Fault) -> SpoolSink {
    let directory = directory(of: job, attempt: attempt)
    try boundary.cross(.spoolMake) { () throws(Fault) in try Disk.makeDirectory(directory) }
    return SpoolSink(
      spool: self, job: job, directory: directory, boundary: boundary,
      executor: injected ?? QueueExecutor("spool-sink"))
  }

  func reserve(_ bytes: Int64, for job: JobID, doing what: String) throws(Fault) {
    if let quota, used + bytes > quota {
      throw Fault.transient(
        .diskFull, "fetching \(what): \(bytes) more bytes would pass the spool's quota of \(quota) (\(used) used)",
        hint: "raise spool.quota, or let publications finish; traind goes on by itself", effect: .none)
    }
    if let free = Disk.free(root), bytes > free {
      throw Fault.transient(
        .diskFull, "fetching \(what) needs \(bytes) bytes and \(root) has \(free) left",
        hint: "free some space; traind goes on by itself", effect: .none)
    }
    reserved[job, default: 0] += bytes
  }

  func giveBack(_ bytes: Int64, of job: JobID) {
    reserved[job] = max(0, (reserved[job] ?? 0) - bytes)
  }

  /// What was promised to a fetch that has ended is promised no more: from here on the job's files count.
  func recount(_ job: JobID) { reserved[job] = Disk.usage("\(root)/\(job)") }

  /// Whether the artifact lies here as it was fetched. `deep` reads every byte.
  public func holds(_ artifact: Artifact, of job: JobID, attempt: Int, deep: Bool) throws(Fault) -> Bool {
    let directory = directory(of: job, attempt: attempt)
    for file in artifact.files {
      let path = "\(directory)/\(file.path)"
      guard Disk.size(path) == file.bytes else { return false }
      guard deep else { continue }
      var digests = RunningDigests()
      try Disk.read(path) { digests.update($0) }
      guard digests.finish() == file.digests else { return false }
    }
    return true
  }

  public func remove(_ job: JobID) throws(Fault) {
    let path = "\(root)/\(job)"
    try boundary.cross(.spoolRemove) { () throws(Fault) in try Disk.remove(path) }
    reserved[job] = nil
  }
}
