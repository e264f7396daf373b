/// A place that keeps model versions. Implementations try once and throw a ``Fault``; retry, limits, pacing and the
/// order of calls are the engine's: find -> open -> send... -> seal -> find -> commit -> verify. Every method may be
/// called again after any outcome.
public protocol Registry: Sendable {
  var traits: RegistryTraits { get }

  /// The problems of a publication's own keys and of the model's name and version. Pure: no call is made.
  func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem]

  /// Looks for a version under the release's natural key. `.ours` = marker and everything else comparable match;
  /// `.foreign` = somebody else's, `why` naming both digests where they are known.
  func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion>

  /// Opens an upload. May leave an orphan when its answer is lost; never a visible version.
  func open(_ release: Release) async throws(Fault) -> UploadOpening

  /// The parts that are still to be sent, in order, asking the far side where it can be asked.
  /// Fault `.sessionExpired` when the upload is gone.
  func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan

  /// Sends one part, taking from `pace` before each buffer. Fault `.misaligned` when the far side is elsewhere than
  /// the plan says.
  func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt

  /// All parts are there: lets the far side check and close the upload. Idempotent.
  func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession

  /// Makes the version visible. Called only after ``find(_:)`` said `.absent` and the intent was stored.
  func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion

  /// Checks that what the registry holds is what was sent, as far as the registry tells. Fault `.corrupted` when it is
  /// not.
  func verify(_ version: RemoteVersion, for release: Release) async throws(Fault)

  /// The version that an alias of the release's model points at (a tag, a stage: whatever the registry has); `nil` =
  /// there is no such alias. Asked only where ``RegistryTraits/hasAliases``.
  func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion?

  /// Points an alias of the release's model at a version, a verified one; `nil` = the alias goes. Idempotent.
  /// - Parameter replaced: where it pointed when the move was decided. Who can compare and set in one step moves it from
  ///   there only, with a Fault `.misaligned` where it is elsewhere; the others were asked by ``target(of:for:)``.
  func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault)

  /// Frees what an upload holds that nobody goes on with. Idempotent: what is not there any more is no fault.
  /// Asked only while nothing else of the publication is under way; never takes away what a version may be made of.
  /// Faults: a permanent one (but `.unauthorized`) says that it stays there; any other, that it is to be tried again.
  func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault)

  /// What an upload holds at the far side, each as an operator would look for it there. Pure; no secrets.
  func holdings(of session: UploadSession) -> [String]

  /// The models that it holds, published by traind or not; `nil` where it has no such list.
  var catalog: (any ModelCatalog)? { get }

  /// What models were trained with, where it keeps that; else `nil`.
  var groundTruth: (any GroundTruth)? { get }
}

extension Registry {
  public var catalog: (any ModelCatalog)? { nil }
  public var groundTruth: (any GroundTruth)? { nil }

  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    throw .permanent(.rejected, "a registry of kind \(traits.kind) has no aliases")
  }

  public func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault) {
    throw .permanent(.rejected, "a registry of kind \(traits.kind) has no aliases")
  }
}

public struct RegistryTraits: Sendable, Hashable {
  public var kind: String
  public var guarantee: ProviderTraits.Guarantee
  /// Parts that may be in flight at once, per publication.
  public var parallelParts: Int
  /// It has names that can be moved from version to version.
  public var hasAliases: Bool

  public init(
    kind: String, guarantee: ProviderTraits.Guarantee, parallelParts: Int, hasAliases: Bool = false
  ) {
    self.kind = kind
    self.guarantee = guarantee
    self.parallelParts = parallelParts
    self.hasAliases = hasAliases
  }
}

public struct UploadOpening: Sendable, Hashable {
  public var session: UploadSession
  /// Bytes to send in all, framing of an archive included, headers of a protocol not.
  public var total: Int64

  public init(session: UploadSession, total: Int64) {
    self.session = session
    self.total = total
  }
}

/// What is left to do of an upload.
public struct UploadPlan: Sendable, Hashable {
  public var session: UploadSession
  /// Bytes that the far side holds.
  public var sent: Int64
  public var parts: [UploadPart]

  public init(session: UploadSession, sent: Int64, parts: [UploadPart]) {
    self.session = session
    self.sent = sent
    self.parts = parts
  }
}

/// A range of an upload. What `offset` counts in is the registry's (one file, an archive, one of several files).
public struct UploadPart: Sendable, Hashable {
  public var number: Int
  /// Index into the artifact's files; 0 where the upload is one stream.
  public var file: Int
  public var offset: Int64
  public var length: Int64

  public init(number: Int, file: Int = 0, offset: Int64, length: Int64) {
    self.number = number
    self.file = file
    self.offset = offset
    self.length = length
  }
}

/// A bandwidth limit shared by all uploads.
public protocol Pace: Sendable {
  /// Returns when `bytes` more may be sent.
  func take(_ bytes: Int) async throws(Fault)
}
