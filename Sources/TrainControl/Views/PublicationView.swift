public import TrainCore

/// One artifact on its way into one registry.
public struct PublicationView: Hashable, Sendable, WireValue {
  public var registry: String
  /// `waiting uploading committed failed`
  public var state: String
  public var bytesSent: Int64
  /// `nil` until it is known.
  public var bytesTotal: Int64?
  /// The registry's own id of the version.
  public var remoteID: String?
  public var url: String?
  /// Uploads begun, from 1.
  public var attempt: Int
  public var reason: String?
  /// Why it failed, or why its last call did.
  public var message: String?
  /// When the call that failed is made again.
  public var nextTry: Timestamp?
  /// The move of an alias to the version: under way, or the last one.
  public var promotion: PromotionView?

  /// - Parameter artifactBytes: what is shown as the total until an upload knows its own.
  public init(_ machine: PublicationMachine, artifactBytes: Int64? = nil) {
    registry = machine.registry
    state = machine.state.word
    bytesSent = machine.bytesSent
    bytesTotal = artifactBytes
    attempt = machine.attempt
    message = machine.call?.fault.message
    nextTry = machine.wake
    promotion = PromotionView(machine)
    switch machine.state {
    case .waiting: break
    case .uploading(_, _, let total), .committing(_, _, let total): bytesTotal = total
    case .promoting(let version, let bytes, _), .committed(let version, let bytes):
      bytesTotal = bytes
      remoteID = version.id
      url = version.url
    case .failed(let reason, let message):
      self.reason = reason.rawValue
      self.message = message
    }
  }

  public init(_ json: JSON) throws(ControlError) {
    let publication = try Members(json, of: "a publication")
    registry = try publication.string("registry")
    state = try publication.string("state")
    bytesSent = try publication.optionalInt("bytes_sent") ?? 0
    bytesTotal = try publication.optionalInt("bytes_total")
    remoteID = try publication.optionalString("remote_id")
    url = try publication.optionalString("url")
    attempt = Int(try publication.optionalInt("attempt") ?? 1)
    reason = try publication.optionalString("reason")
    message = try publication.optionalString("message")
    nextTry = try publication.optionalTime("next_try")
    promotion = try publication.optionalValue("promotion")
  }

  public var json: JSON {
    [
      "registry": .string(registry), "state": .string(state), "bytes_sent": .int(bytesSent),
      "bytes_total": .integer(bytesTotal), "remote_id": .text(remoteID), "url": .text(url),
      "attempt": .integer(attempt), "reason": .text(reason), "message": .text(message), "next_try": .time(nextTry),
      "promotion": promotion?.json ?? .null,
    ]
  }
}
