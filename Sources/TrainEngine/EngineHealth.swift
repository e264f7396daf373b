import Logging
public import TrainCore

/// What keeps the whole engine from working, apart from any one job.
public actor EngineHealth {
  /// A step can't be stored.
  public private(set) var storeFault: Fault?
  /// The store's disk has so little space left that it is kept for what is running.
  public private(set) var spaceFault: Fault?
  /// What is on disk is unknown: the process has to end and read it again.
  public private(set) var fatal: Fault?
  /// Steps stored since the start.
  public private(set) var commits = 0
  /// Jobs whose artifact the spool has no room for. Each by itself: one that is wanted no more keeps nobody waiting.
  private var unfetched: [JobID: Fault] = [:]
  private let logger: Logger
  private let onFatal: @Sendable (Fault) -> Void
  private let onDiskFull: @Sendable (Bool) async -> Void

  init(
    logger: Logger, onFatal: @escaping @Sendable (Fault) -> Void, onDiskFull: @escaping @Sendable (Bool) async -> Void
  ) {
    self.logger = logger
    self.onFatal = onFatal
    self.onDiskFull = onDiskFull
  }

  /// The spool has no room for an artifact.
  public var spoolFault: Fault? { unfetched.min { $0.key < $1.key }?.value }

  /// Why no new work is begun; `nil` = no disk is full.
  public var diskFull: Fault? { storeIsFull ?? spoolFault }

  /// Nothing new can be written down.
  var storeIsFull: Fault? { spaceFault ?? (storeFault?.code == .diskFull ? storeFault : nil) }

  func committed() async {
    commits += 1
    if storeFault != nil { await change { storeFault = nil } }
  }

  func commitFailed(_ fault: Fault) async {
    if fault.isPermanent { end(fault) }
    await change { storeFault = fault }
  }

  /// What was asked for was not stored, and whoever asked was told. Only what it says of the disk is of interest here.
  func requestFailed(_ fault: Fault) {
    if fault.code == .outcomeUnknown { end(fault) }
  }

  /// - Parameter fault: `nil` = there is space.
  func space(_ fault: Fault?) async {
    if spaceFault != fault { await change { spaceFault = fault } }
  }

  func fetchFailed(_ fault: Fault, of job: JobID) async {
    guard fault.code == .diskFull, unfetched[job] != fault else { return }
    await change { unfetched[job] = fault }
  }

  /// The artifact is there, or is wanted no more.
  func fetchIsOver(_ job: JobID) async {
    if unfetched[job] != nil { await change { unfetched[job] = nil } }
  }

  private func end(_ fault: Fault) {
    fatal = fault
    onFatal(fault)
  }

  /// Intake stops while a disk is full, and goes on by itself.
  private func change(_ edit: () -> Void) async {
    let (wasFull, oldFault) = (diskFull != nil, storeFault)
    edit()
    if let fault = storeFault, fault.code != .diskFull, oldFault == nil {
      logger.warning("a step can't be stored; it is tried until it can", metadata: ["fault": "\(fault)"])
    } else if storeFault == nil, let oldFault, oldFault.code != .diskFull {
      logger.notice("steps can be stored again")
    }
    let isFull = diskFull != nil
    guard wasFull != isFull else { return }
    if let fault = diskFull {
      logger.warning(
        "a disk is full: no new work is begun until there is space",
        metadata: ["fault": "\(fault)", "hint": "\(fault.hint ?? "")"])
    } else {
      logger.notice("there is space again: new work is begun")
    }
    await onDiskFull(isFull)
  }
}
