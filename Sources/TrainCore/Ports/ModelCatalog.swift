/// A registry's own view of the models it holds, made usable for models that traind did not publish. Objects come
/// whole, with the members and words that nobody here knows. Implementations try once and throw a ``Fault``; following
/// pages, retry and limits are the caller's.
public protocol ModelCatalog: Sendable {
  /// What can be asked for, and what people want to see first.
  var traits: CatalogTraits { get }

  /// One page. Never the files of models.
  /// - Parameter parameters: of the first page those that ``CatalogTraits/list`` allows, of a later one
  /// ``CatalogPage/next``.
  func list(_ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage

  /// One model. Fault `.notFound` when there is none of that id.
  func show(_ id: String, _ parameters: [CatalogParameter]) async throws(Fault) -> JSON

  /// One page of the versions of a model; of all models where `id` is `nil` and the registry allows it.
  /// Called only where ``CatalogTraits/versions`` is given.
  func versions(of id: String?, _ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage

  /// Hands the bytes of a model's one file to `sink`, from `point` on where the far side allows it and still holds the
  /// same file, else from the start. May end too early with a transient fault: what was handed over is good.
  /// Fault `.notFound` when the model has no file, `.unsupported` when it cannot be had as one.
  func download(
    _ id: String, _ parameters: [CatalogParameter], from point: ResumePoint, into sink: any DownloadSink
  ) async throws(Fault)

  /// How a model is made out of a file; `nil` where it can't be.
  var creation: (any ModelCreation)? { get }
}

extension ModelCatalog {
  public func versions(of id: String?, _ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage {
    throw .permanent(.unsupported, "this registry has no list of versions")
  }
  public func download(
    _ id: String, _ parameters: [CatalogParameter], from point: ResumePoint, into sink: any DownloadSink
  ) async throws(Fault) {
    throw .permanent(.unsupported, "this registry does not hand out a model as one file")
  }
  public var creation: (any ModelCreation)? { nil }
}

public struct CatalogTraits: Sendable, Hashable {
  public var list: CatalogParameters
  public var show: CatalogParameters
  /// `nil` where there is no such list.
  public var versions: CatalogParameters?
  /// For tables of models.
  public var columns: [CatalogColumn]
  /// For tables of versions.
  public var versionColumns: [CatalogColumn]

  public init(
    list: CatalogParameters, show: CatalogParameters = .init(), versions: CatalogParameters? = nil,
    columns: [CatalogColumn], versionColumns: [CatalogColumn] = []
  ) {
    self.list = list
    self.show = show
    self.versions = versions
    self.columns = columns
    self.versionColumns = versionColumns
  }
}

/// What a registry lets its callers ask for.
public struct CatalogParameters: Sendable, Hashable {
  /// Names as they are sent, `ml_repo_id`. On the command line each is a flag: `--ml-repo-id`.
  public var known: [String]
  /// Anything else goes through as it is (`--param NAME=VALUE`).
  public var takesOthers: Bool

  public init(_ known: [String] = [], takesOthers: Bool = false) {
    self.known = known
    self.takesOthers = takesOthers
  }
}

/// One column of a table for people.
public struct CatalogColumn: Sendable, Hashable {
  /// In capitals.
  public var title: String
  /// Where the value is: `name`, or `manifest.version` of an object inside.
  public var member: String

  public init(_ title: String, _ member: String) {
    self.title = title
    self.member = member
  }
}
