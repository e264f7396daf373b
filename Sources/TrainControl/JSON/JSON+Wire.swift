public import TrainBase

extension JSON {
  /// Reads what came over the socket or from a user.
  /// - Parameter what: named in errors: `the request's body`.
  /// - Throws: a usage error that says where: `line 3, column 7`.
  public static func parse(_ bytes: [UInt8], what: String) throws(ControlError) -> JSON {
    do throws(JSONError) { return try parse(bytes, .strict) } catch {
      throw ControlError(.usage, "read \(what)", error.description, hint: "send one JSON value in UTF-8")
    }
  }

  /// ``canonical`` for other programs: null for the numbers that JSON does not have.
  public var wireText: String { finite.canonical }
  public var wireBytes: [UInt8] { finite.canonicalBytes }
}
