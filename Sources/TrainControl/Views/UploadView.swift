public import TrainCore

/// How far an upload is. `{"schema": 1, "held": 1048576, "session": {"version": 1, "state": {...}}}`
public struct UploadView: Hashable, Sendable, WireValue {
  /// Bytes that the registry holds.
  public var held: Int64
  /// To be handed back with what follows. The registry's own: nobody else reads it.
  public var session: UploadSession

  public init(held: Int64, session: UploadSession) {
    self.held = held
    self.session = session
  }

  public init(_ json: JSON) throws(ControlError) {
    let view = try Members(json, of: "an upload")
    held = try view.int("held")
    session = try UploadSession(wire: view.value("session"))
  }

  public var json: JSON { ["schema": wireSchema, "held": .int(held), "session": session.wire] }
}

extension UploadSession {
  public init(wire json: JSON) throws(ControlError) {
    let session = try Members(json, of: "an upload's session")
    self.init(version: Int(clamping: try session.int("version")), state: session.value("state"))
  }

  public var wire: JSON { ["version": .int(Int64(version)), "state": state] }
}
