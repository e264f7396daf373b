/// A registry's own state of one upload: whatever it needs to go on after a restart. Opaque to everybody else.
public struct UploadSession: Hashable, Sendable, Codable {
  /// The layout of ``state``.
  public var version: Int
  public var state: JSON

  public init(version: Int = 1, state: JSON) {
    self.version = version
    self.state = state
  }
}

/// What a registry answered for one part. Stored before the next decision is taken.
public struct PartReceipt: Hashable, Sendable, Codable {
  /// The part's number in the registry's plan, from 0.
  public var number: Int
  /// Bytes of the upload's layout that the part covered.
  public var offset: Int64
  public var length: Int64
  /// An ETag or the like; empty where the registry gives none.
  public var token: String

  public init(number: Int, offset: Int64, length: Int64, token: String = "") {
    self.number = number
    self.offset = offset
    self.length = length
    self.token = token
  }
}

/// A version in a registry, whole and verified.
public struct RemoteVersion: Hashable, Sendable, Codable {
  /// The registry's own id.
  public var id: String
  /// Where a person can look at it, where there is such a place.
  public var url: String?

  public init(id: String, url: String? = nil) {
    self.id = id
    self.url = url
  }
}

/// One artifact on its way into one registry.
public enum PublicationState: Hashable, Sendable, Codable {
  /// Nothing was created by this publication yet, or an upload was given up. Next: uploading, promoting, committed,
  /// failed.
  case waiting
  /// An upload is open. Next: waiting (the session expired), committing, promoting, committed, failed.
  case uploading(UploadSession, sent: Int64, total: Int64)
  /// All bytes are there. From `asked` on (stored before the call) a version may exist without our knowing.
  /// Next: waiting, promoting, committed, failed.
  case committing(UploadSession, asked: Timestamp?, total: Int64)
  /// The version is there and its bytes were verified; an alias is being moved. Next: committed.
  case promoting(RemoteVersion, bytes: Int64, Promotion)
  /// The version is there and its bytes were verified. Final until an operator moves an alias.
  case committed(RemoteVersion, bytes: Int64)
  /// The registry refused, or an operator gave up. Final until an operator says `publish`.
  case failed(JobReason, message: String)

  public var isSettled: Bool {
    switch self {
    case .committed, .failed: true
    case .waiting, .uploading, .committing, .promoting: false
    }
  }

  /// The word that users see.
  public var word: String {
    switch self {
    case .waiting: "waiting"
    case .uploading, .committing: "uploading"
    case .promoting, .committed: "committed"
    case .failed: "failed"
    }
  }

  /// The version, once it is there and verified.
  public var version: RemoteVersion? {
    switch self {
    case .promoting(let version, _, _), .committed(let version, _): version
    case .waiting, .uploading, .committing, .failed: nil
    }
  }

  /// The upload that is under way.
  public var session: UploadSession? {
    switch self {
    case .uploading(let session, _, _), .committing(let session, _, _): session
    case .waiting, .promoting, .committed, .failed: nil
    }
  }

  var isWaiting: Bool {
    if case .waiting = self { true } else { false }
  }

  public var isPromoting: Bool {
    if case .promoting = self { true } else { false }
  }

  /// A version may exist at the registry that we have not seen yet.
  public var commitInDoubt: Bool {
    if case .committing(_, .some, _) = self { true } else { false }
  }

  /// Something may have been done at the registry that we have not heard of yet.
  var isInDoubt: Bool {
    if case .promoting(_, _, let promotion) = self { promotion.asked != nil } else { commitInDoubt }
  }
}

/// A call that failed and will be made again, unchanged. It is no attempt and changes no state.
public struct CallRetry: Hashable, Sendable, Codable {
  /// Failures in a row.
  public var tries: Int
  /// When to call again; `nil` once that moment has come.
  public var until: Timestamp?
  public var fault: Fault

  public init(tries: Int, until: Timestamp?, fault: Fault) {
    self.tries = tries
    self.until = until
    self.fault = fault
  }
}
