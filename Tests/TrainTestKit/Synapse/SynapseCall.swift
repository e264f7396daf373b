/// The calls of the Synapse backend that a registrar makes.
public enum SynapseCall: String, Sendable, Hashable {
  case firstChunk
  case chunk
  case state
  case finalize
  case listModels
  case showModel
  case createModel
  case listEvents
  case showVersion
  /// A file, at an address that needs no token.
  case media

  /// Those that a publication makes.
  public static let publishing: [SynapseCall] = [
    .firstChunk, .chunk, .state, .finalize, .listModels, .showModel, .createModel,
  ]
}

/// What goes wrong with one call.
public enum SynapseFault: Sendable {
  /// Nothing.
  case none
  /// Done, then the connection is reset without an answer.
  case answerLost
  /// Not done: the connection is reset before the body is read whole.
  case resetMidBody
  /// Not done; this status, with a `Retry-After` if given.
  case status(Int, retryAfter: String? = nil, body: String = "{\"detail\":\"planned\"}")
  /// Done, then this status.
  case statusAfter(Int)
  /// Done, and the answer's offset is off by this much.
  case offsetOff(by: Int)
  /// Half of the chunk is kept, then the connection is reset; the offset does not know.
  case torn
  /// The chunk is kept with one bit changed.
  case corrupt
  /// A page that is no JSON.
  case garbage
  /// The chunk is kept, but only after this many states were asked for; no answer.
  case late(states: Int)
  /// A file's answer ends after so many bytes.
  case cut(after: Int)
}
