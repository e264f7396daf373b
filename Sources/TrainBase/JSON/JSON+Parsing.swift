extension JSON {
  /// Reads one RFC 8259 text in UTF-8, and nothing after it.
  ///
  /// A number without point and exponent is an ``int(_:)`` when 64 bits hold it. Any other is a ``double(_:)``: `1.0`
  /// stays one. Only a double that ``canonical`` writes as digits (2^53 and more) is an integer, however it is written.
  public static func parse(
    _ bytes: some Collection<UInt8>, _ options: JSONOptions = .strict
  ) throws(JSONError) -> JSON {
    let found = bytes.withContiguousStorageIfAvailable { document(in: $0, options) }
    return try (found ?? Array(bytes).withUnsafeBufferPointer { document(in: $0, options) }).get()
  }

  public static func parse(_ text: String, _ options: JSONOptions = .strict) throws(JSONError) -> JSON {
    try parse(text.utf8, options)
  }

  private static func document(
    in bytes: UnsafeBufferPointer<UInt8>, _ options: JSONOptions
  ) -> Result<JSON, JSONError> {
    Result { () throws(JSONError) in
      var parser = JSONParser(bytes: bytes, options: options)
      return try parser.document()
    }
  }
}
