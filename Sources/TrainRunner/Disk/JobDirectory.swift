internal import CProcess
internal import Glibc

/// The directory of one job: its records, its output, its log.
struct JobDirectory {
  static let lock = "lock"
  static let log = "log"
  static let output = "output"
  static let work = "work"
  static let notify = "notify"
  static let shimLog = "shim.log"

  let key: String
  let descriptor: Descriptor

  /// `nil` when there is no such job.
  static func open(_ key: String, in parent: Descriptor) throws(RunnerError) -> JobDirectory? {
    guard let descriptor = try Descriptor.openDirectory(key, in: parent) else { return nil }
    return JobDirectory(key: key, descriptor: descriptor)
  }

  func read<Record: Decodable>(_ type: Record.Type, _ name: String) throws(RunnerError) -> Record? {
    do throws(RunnerError) {
      return try RecordFile.read(type, from: name, in: descriptor)
    } catch {
      throw RunnerError(error.code == .badRequest ? .unreadable : error.code, "job \(key): \(error.message)")
    }
  }

  func request() throws(RunnerError) -> RequestRecord? { try read(RequestRecord.self, RequestRecord.name) }
  func shim() throws(RunnerError) -> ShimRecord? { try read(ShimRecord.self, ShimRecord.name) }
  func stop() throws(RunnerError) -> StopRecord? { try read(StopRecord.self, StopRecord.name) }
  func exit() throws(RunnerError) -> ExitRecord? { try read(ExitRecord.self, ExitRecord.name) }
  func progress() throws(RunnerError) -> ProgressRecord? { try read(ProgressRecord.self, ProgressRecord.name) }
  func release() throws(RunnerError) -> ReleaseRecord? { try read(ReleaseRecord.self, ReleaseRecord.name) }

  func write(_ record: some Encodable, _ name: String, durable: Bool = true) throws(RunnerError) {
    try RecordFile.write(record, to: name, in: descriptor, durable: durable)
  }

  /// The lock file, which a shim holds for its life.
  func lockFile() throws(RunnerError) -> Descriptor {
    guard let file = try Descriptor.open(JobDirectory.lock, in: descriptor, O_RDWR | O_CREAT) else {
      throw RunnerError(.io, "job \(key): its directory is gone")
    }
    return file
  }

  /// A shim lives. Asking takes nothing: a shim that starts right now is not in our way, nor we in its.
  func shimLives() throws(RunnerError) -> Bool {
    let file = try lockFile()
    let held = train_lock_is_held(file.raw)
    guard held >= 0 else { throw .system("job \(key): asking about its lock") }
    return held == 1
  }
}
