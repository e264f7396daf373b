public import TrainCore

/// What keeps the whole engine from working, apart from any one job.
public actor EngineHealth {
  /// The store or the spool can't be written.
  public private(set) var storeFault: Fault?
  public private(set) var spoolFault: Fault?
  /// What is on disk is unknown: the process has to end and read it again.
  public private(set) var fatal: Fault?
  /// Steps stored since the start.
  public private(set) var commits = 0
  private let onFatal: @Sendable (Fault) -> Void
  private let onDiskFull: @Sendable (Bool) async -> Void

  init(onFatal: @escaping @Sendable (Fault) -> Void, onDiskFull: @escaping @Sendable (Bool) async -> Void) {
    self.onFatal = onFatal
    self.onDiskFull = onDiskFull
  }

  public var isDiskFull: Bool { storeFault?.code == .diskFull || spoolFault?.code == .diskFull }

  func committed() async {
    commits += 1
    if storeFault != nil { await change { storeFault = nil } }
  }

  func commitFailed(_ fault: Fault) async {
    if fault.isPermanent {
      fatal = fault
      onFatal(fault)
    }
    await change { storeFault = fault }
  }

  func fetched(_ fault: Fault?) async {
    if spoolFault != fault { await change { spoolFault = fault } }
  }

  /// Intake stops while a disk is full, and goes on by itself.
  private func change(_ edit: () -> Void) async {
    let before = isDiskFull
    edit()
    if isDiskFull != before { await onDiskFull(isDiskFull) }
  }
}
