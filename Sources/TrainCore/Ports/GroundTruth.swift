/// What models were trained and tested with, where a registry keeps that too. Objects come whole. Implementations try
/// once; following pages, retry and limits are the caller's.
public protocol GroundTruth: Sendable {
  /// What the list of events can be asked for.
  var parameters: CatalogParameters { get }
  /// For tables of events.
  var columns: [CatalogColumn] { get }

  /// One page.
  /// - Parameter parameters: of the first page those that ``parameters`` allows, of a later one ``CatalogPage/next``.
  func events(_ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage

  /// One version of a dataset. Fault `.notFound` when there is none of that id.
  func version(_ id: String) async throws(Fault) -> JSON

  /// The files that an event names. Pure.
  func files(in event: JSON) -> [EventFile]

  /// Hands a file's bytes to `sink`, as ``ModelCatalog/download(_:_:from:into:)`` does. Never sends a secret.
  /// - Parameter url: out of ``EventFile``.
  func download(_ url: String, from point: ResumePoint, into sink: any DownloadSink) async throws(Fault)

  /// What is wrong with what a spec's `provenance:` says of this registry. Pure. Paths are names of members.
  func problems(in provenance: JSON) -> [SpecProblem]

  /// Whether what a spec's `provenance:` names is there. Fault `.notFound` names what is not.
  func check(_ provenance: JSON) async throws(Fault)
}

/// A file that an event names, and where in the event.
public struct EventFile: Hashable, Sendable {
  /// Names of members, and places in lists (from 0), from the outside in. What is there is the URL itself, or an object
  /// with it as its `url`.
  public var place: [String]
  public var url: String
  /// For a file of its own: no directories, with the URL's ending.
  public var name: String

  public init(place: [String], url: String, name: String) {
    self.place = place
    self.url = url
    self.name = name
  }
}
