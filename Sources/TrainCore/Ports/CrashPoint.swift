/// Every boundary around a commit, a remote call or a file write, by name. Debug builds can die before or after any of them.
///
/// The part before the dot is who does it: `provider` and `registry` are the engine's calls, the backends' own calls and
/// writes go by the backend. A new backend adds its cases below, one for each kind of call or write that it makes, and
/// gives them to ``Boundary/cross(_:_:)``, to `HTTPCall` or to its gRPC connection; `make lint` refuses what goes around
/// them, and a case that nobody crosses.
public enum CrashPoint: String, Sendable, CaseIterable {
  // The daemon's own files.
  case daemonMakeDirectory = "daemon.make-directory"
  case daemonLock = "daemon.lock"
  case controlListen = "control.listen"
  case controlRemove = "control.remove"
  case controlRemoveBackup = "control.remove-backup"

  // The store.
  case storeMakeFile = "store.make-file"
  case storeMigrate = "store.migrate"
  case storeAppear = "store.appear"
  case storeOpen = "store.open"
  case storeReserve = "store.reserve"
  case storeGiveReserve = "store.give-reserve"
  case storeCreate = "store.create"
  case storeCommit = "store.commit"
  case storePrune = "store.prune"
  case storeBury = "store.bury"
  case storeCheckpoint = "store.checkpoint"
  case storeClose = "store.close"
  case storeBackup = "store.backup"
  case storeBackupAppear = "store.backup-appear"

  // The engine's calls.
  case providerFind = "provider.find"
  case providerSubmit = "provider.submit"
  case providerObserve = "provider.observe"
  case providerCancel = "provider.cancel"
  case providerFetch = "provider.fetch"
  case providerLogs = "provider.logs"
  case providerRelease = "provider.release"
  case registryFind = "registry.find"
  case registryOpen = "registry.open"
  case registryRemaining = "registry.remaining"
  case registrySend = "registry.send"
  case registrySeal = "registry.seal"
  case registryCommit = "registry.commit"
  case registryVerify = "registry.verify"

  // The engine's files.
  case spoolMake = "spool.make"
  case spoolTag = "spool.tag"
  case spoolResume = "spool.resume"
  case spoolOpen = "spool.open"
  case spoolTruncate = "spool.truncate"
  case spoolWrite = "spool.write"
  case spoolSync = "spool.sync"
  case spoolRename = "spool.rename"
  case spoolDiscard = "spool.discard"
  case spoolComplete = "spool.complete"
  case spoolRemove = "spool.remove"
  case logBegin = "log.begin"
  case logWrite = "log.write"
  case logFinish = "log.finish"
  case logRemove = "log.remove"

  // Training on this machine: the daemon's side.
  case localListen = "local.listen"
  case localSpawn = "local.spawn"
  case localStart = "local.start"
  case localStatus = "local.status"
  case localStop = "local.stop"
  case localList = "local.list"
  case localLogs = "local.logs"
  case localFiles = "local.files"
  case localRead = "local.read"
  case localRemove = "local.remove"

  // The runner, a process of its own.
  case runnerMakeRoot = "runner.make-root"
  case runnerTidy = "runner.tidy"
  case runnerMakeDirectory = "runner.make-directory"
  case runnerMakeFiles = "runner.make-files"
  case runnerRequestRecord = "runner.request-record"
  case runnerAppear = "runner.appear"
  case runnerStartShim = "runner.start-shim"
  case runnerStopRecord = "runner.stop-record"
  case runnerNudge = "runner.nudge"
  case runnerEndRecord = "runner.end-record"
  case runnerReleaseRecord = "runner.release-record"
  case runnerClear = "runner.clear"
  case runnerDiscard = "runner.discard"

  // The shim beside a command, a process of its own.
  case shimListen = "shim.listen"
  case shimOpenLog = "shim.open-log"
  case shimFork = "shim.fork"
  case shimStartRecord = "shim.start-record"
  case shimOpenGate = "shim.open-gate"
  case shimLogWrite = "shim.log-write"
  case shimProgressRecord = "shim.progress-record"
  case shimSyncOutput = "shim.sync-output"
  case shimEndRecord = "shim.end-record"

  // Viam.
  case viamAuthenticate = "viam.authenticate"
  case viamListJobs = "viam.list-jobs"
  case viamGetJob = "viam.get-job"
  case viamGetPackage = "viam.get-package"
  case viamSubmit = "viam.submit"
  case viamSubmitScript = "viam.submit-script"
  case viamCancel = "viam.cancel"
  case viamLogs = "viam.logs"
  case viamContainers = "viam.containers"
  case viamProbeArchive = "viam.probe-archive"
  case viamFetchArchive = "viam.fetch-archive"

  // A directory.
  case directoryMakeRoot = "directory.make-root"
  case directoryMakePartial = "directory.make-partial"
  case directoryMakeUpload = "directory.make-upload"
  case directoryMakeFile = "directory.make-file"
  case directoryWrite = "directory.write"
  case directorySync = "directory.sync"
  case directoryManifest = "directory.manifest"
  case directorySyncNames = "directory.sync-names"
  case directoryMakeModel = "directory.make-model"
  case directoryRename = "directory.rename"
  case directorySyncModel = "directory.sync-model"
  case directoryRemove = "directory.remove"

  // Synapse.
  case synapseListModels = "synapse.list-models"
  case synapseGetModel = "synapse.get-model"
  case synapseOpenUpload = "synapse.open-upload"
  case synapseGetUpload = "synapse.get-upload"
  case synapseSendPart = "synapse.send-part"
  case synapseFinishUpload = "synapse.finish-upload"
  case synapseRegister = "synapse.register"
}
