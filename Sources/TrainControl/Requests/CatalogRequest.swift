public import TrainCore

/// What is wanted of a registry's list.
public struct CatalogRequest: Hashable, Sendable {
  /// Given as flags of their own: the registry must know each.
  public var flags: [CatalogParameter]
  /// Given as they are to be sent.
  public var parameters: [CatalogParameter]
  /// At most so many pages; `nil` = all.
  public var pages: Int?
  /// Name the files in each object, with leave to fetch them.
  public var files: Bool

  public init(
    flags: [CatalogParameter] = [], parameters: [CatalogParameter] = [], pages: Int? = nil, files: Bool = false
  ) {
    self.flags = flags
    self.parameters = parameters
    self.pages = pages
    self.files = files
  }

  /// As the query of a request: `flag=NAME=VALUE`, `param=NAME=VALUE`.
  public var query: [(String, String?)] {
    flags.map { ("flag", "\($0.name)=\($0.value)") } + parameters.map { ("param", "\($0.name)=\($0.value)") }
      + [("pages", pages.map { String($0) }), ("files", files ? "1" : nil)]
  }
}
