public import TrainControl

/// A registry's list, read once, page by page, as fast as the reader takes it.
public struct CatalogLines: Sendable {
  private let read: @Sendable () async throws(ControlError) -> [CatalogLine]?

  /// - Parameter next: what came next: a page at most. Empty = there is something to wait for; `nil` at the end.
  ///   Never called twice at once, nor again after an error.
  public init(next: @escaping @Sendable () async throws(ControlError) -> [CatalogLine]?) { read = next }

  func next() async throws(ControlError) -> [CatalogLine]? { try await read() }
}
