internal import TrainCore

/// A repository and a tag, by the rules of the OCI distribution specification 1.1 ("Pulling manifests").
struct OCIReference: Hashable, Sendable {
  var repository: String
  var tag: String

  static let mostRepositoryBytes = 255

  /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*`
  static func isRepository(_ text: String) -> Bool {
    guard text.utf8.count <= mostRepositoryBytes else { return false }
    return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { component in
      guard let first = component.utf8.first, let last = component.utf8.last, isSmall(first), isSmall(last) else {
        return false
      }
      let separators = component.split(omittingEmptySubsequences: true) { $0.utf8.allSatisfy(isSmall) }
      return separators.allSatisfy { $0 == "." || $0 == "_" || $0 == "__" || $0.allSatisfy { $0 == "-" } }
    }
  }

  /// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`
  static func isTag(_ text: String) -> Bool {
    guard (1...128).contains(text.utf8.count), text.first != ".", text.first != "-" else { return false }
    return text.utf8.allSatisfy { byte in
      isSmall(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || "._-".utf8.contains(byte)
    }
  }

  /// A version as a tag: `+`, which no tag may hold, becomes `_`, as Helm does it.
  static func tag(ofVersion version: String) -> String { String(version.map { $0 == "+" ? "_" : $0 }) }

  private static func isSmall(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
