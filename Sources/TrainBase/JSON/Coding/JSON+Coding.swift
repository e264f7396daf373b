extension JSON {
  /// The tree of a value.
  ///
  /// Foundation's coders write `1.0` as `1` and refuse NaN. Here a whole double stays a double, and every double is
  /// written: NaN as `null`, which ``decoded(as:)`` reads as NaN where a number is asked for, infinities as `1e999`.
  public init(encoding value: some Encodable) throws {
    let box = TreeBox()
    try TreeEncoder(box: box, path: .root).encode(value)
    self = box.tree
  }

  /// The value of a tree.
  /// - Throws: a `DecodingError`. An `Int` is refused beyond 2^53 and a `Duration` beyond 2^53 seconds.
  public func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    try TreeDecoder(tree: self, path: .root).decode(type)
  }
}
