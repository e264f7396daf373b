/// What stores call the state of an object or a part.
enum ETag {
  /// Without its quotes.
  static func unquoted(_ etag: String) -> String { etag.filter { $0 != "\"" } }
}
