/// A query parameter as it is sent. Order and repetition are kept.
public struct CatalogParameter: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Some of a registry's own objects.
public struct CatalogPage: Hashable, Sendable {
  /// Whole, in the registry's order.
  public var objects: [JSON]
  /// What the registry itself says about pages; an empty object where it says nothing.
  public var pagination: JSON
  /// How many there are in all, where the registry tells.
  public var count: Int64?
  /// All the parameters of the next page; `nil` when there is none, or when the caller asked for this very page.
  public var next: [CatalogParameter]?

  public init(objects: [JSON], pagination: JSON = .empty, count: Int64? = nil, next: [CatalogParameter]? = nil) {
    self.objects = objects
    self.pagination = pagination
    self.count = count
    self.next = next
  }
}
