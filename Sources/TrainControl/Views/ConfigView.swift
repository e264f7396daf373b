public import TrainCore

/// The configuration in force. Secrets are references, never values.
public struct ConfigView: Hashable, Sendable, WireValue {
  /// The files that it was read from, lowest first.
  public var files: [String]
  public var config: JSON

  public init(files: [String], config: JSON) {
    self.files = files
    self.config = config
  }

  public init(_ json: JSON) throws(ControlError) {
    let view = try Members(json, of: "a configuration")
    files = try view.strings("files")
    config = view.value("config")
  }

  public var json: JSON { ["schema": wireSchema, "files": .texts(files), "config": config] }
}
