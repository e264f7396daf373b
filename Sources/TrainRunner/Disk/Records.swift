internal import TrainCore

// The files in a job's directory. They outlive runners of any version: fields are only ever added, as optionals.

/// `request.json`: the job was accepted.
struct RequestRecord: Codable {
  static let name = "request.json"
  var version = 1
  var request: JobRequest
  var created: Timestamp
}

/// `shim.json`: the command may have been started. Written before it is.
struct ShimRecord: Codable {
  static let name = "shim.json"
  var version = 1
  var boot: String
  /// The shim's process, and its session: the command's processes are in it unless they left.
  var pid: Int32
  /// Clock ticks since the boot, as `/proc/PID/stat` gives them.
  var startTicks: UInt64
  /// The command's process, and its process group.
  var command: Int32
  var started: Timestamp
}

/// `stop.json`: a stop was asked for.
struct StopRecord: Codable {
  static let name = "stop.json"
  var version = 1
  var force: Bool
  var asked: Timestamp
}

/// `exit.json`: it is over, and how. The last word.
struct ExitRecord: Codable {
  static let name = "exit.json"
  enum Outcome: String, Codable {
    case exited
    case failedToStart = "failed-to-start"
    case vanished
  }
  var version = 1
  var boot: String
  var outcome: Outcome
  var code: Int?
  var signal: Int?
  var message: String?
  var stopped: Bool
  var started: Timestamp?
  var ended: Timestamp
}

/// `progress.json`: what the command told about itself.
struct ProgressRecord: Codable, Hashable {
  static let name = "progress.json"
  var version = 1
  /// 0...1
  var progress: Double?
  var metrics: [String: Double] = [:]
  var status: String?
}

/// `released.json`: all but the records was removed.
struct ReleaseRecord: Codable {
  static let name = "released.json"
  var version = 1
  var released: Timestamp
}
