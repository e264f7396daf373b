public import TrainCore

/// A command to be run once, under a key.
public struct JobRequest: Hashable, Sendable, Codable {
  /// Names the job's directory: letters, digits and `_ . + @ % -`, at most ``longestKey`` bytes, no leading dot.
  public var key: String
  /// What the key stands for; the same key under another identity is refused.
  public var identity: String
  /// When the job was first intended: what was removed before then does not count any more.
  public var intended: Timestamp
  /// `TRAIND_JOB`, `TRAIND_ATTEMPT`, `TRAIND_MODEL_NAME` and `TRAIND_MODEL_VERSION` of the command.
  public var job: String
  public var attempt: Int
  public var modelName: String
  public var modelVersion: String
  /// The program, looked up in `PATH` unless it has a slash, and its arguments.
  public var command: [String]
  /// Absolute; `nil` = an empty directory of the job's own.
  public var directory: String?
  public var environment: [String: String]

  public init(
    key: String, identity: String, intended: Timestamp, job: String, attempt: Int, modelName: String,
    modelVersion: String, command: [String], directory: String?, environment: [String: String]
  ) {
    self.key = key
    self.identity = identity
    self.intended = intended
    self.job = job
    self.attempt = attempt
    self.modelName = modelName
    self.modelVersion = modelVersion
    self.command = command
    self.directory = directory
    self.environment = environment
  }

  public static let longestKey = 250

  /// `text` as a key, or as part of one: bytes that a key can't hold become `%` and two hex digits. Injective.
  public static func keyText(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF")
    var key = ""
    for (index, byte) in text.utf8.enumerated() {
      let scalar = Unicode.Scalar(byte)
      if isPlain(scalar) && !(index == 0 && scalar == ".") {
        key.unicodeScalars.append(scalar)
      } else {
        key += "%"
        key.append(hex[Int(byte >> 4)])
        key.append(hex[Int(byte & 15)])
      }
    }
    return key
  }

  static func isKey(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= longestKey && !text.hasPrefix(".")
      && text.unicodeScalars.allSatisfy { isPlain($0) || $0 == "%" }
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "+", "@", "-": true
    default: false
    }
  }

  /// Why the request can't be taken, if it can't.
  var problem: String? {
    if !JobRequest.isKey(key) { return "\"\(key)\" is no key" }
    if command.first?.isEmpty ?? true { return "the command is empty" }
    let texts =
      command + environment.keys + environment.values
      + [directory ?? "", job, modelName, modelVersion, identity]
    if texts.contains(where: { $0.utf8.contains(0) }) { return "a text holds a NUL character" }
    if environment.keys.contains(where: { $0.isEmpty || $0.contains("=") }) {
      return "the environment has a name that is empty or holds \"=\""
    }
    if let directory, !directory.hasPrefix("/") { return "the directory \(directory) is not absolute" }
    return nil
  }
}
