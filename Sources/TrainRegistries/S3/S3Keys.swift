internal import TrainCore

/// A publication's own keys: `prefix metadata`.
struct S3Keys: Hashable, Sendable {
  static let known = ["prefix", "metadata"]

  /// What the versions' keys begin with, without slashes at its ends; may be empty.
  var prefix: String
  /// Written into the manifest, and on it as its `x-amz-meta-*`.
  var metadata: [String: String]

  /// - Parameter standard: the connection's prefix.
  init(_ release: Release, standard: String) {
    prefix = release.options["prefix"]?.string ?? standard
    metadata = (release.options["metadata"]?.object ?? [:]).compactMapValues(\.string)
  }

  static func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    let keys = PublicationKeys(publication, of: spec)
    var problems = keys.unknown(known: known)
    if let prefix = publication.options["prefix"], prefix.string.map(isPrefix) != true {
      problems.append(keys.problem("prefix", "must be names with single slashes between them", hint: "as team/models"))
    }
    if let metadata = publication.options["metadata"] {
      guard let members = metadata.object else {
        problems.append(keys.problem("metadata", "must be a mapping"))
        return problems
      }
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        if !isName(name) {
          problems.append(keys.problem("metadata.\(name)", "a name has small letters, digits and '-' only"))
        } else if value.string.map(isValue) != true {
          problems.append(keys.problem("metadata.\(name)", "must be text in printable ASCII", hint: "quote it"))
        }
      }
    }
    return problems
  }

  /// Names with single slashes between them, or nothing.
  static func isPrefix(_ text: String) -> Bool {
    guard !text.isEmpty else { return true }
    return text.utf8.count <= 512
      && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains { $0 < 0x20 || $0 == 0x7f }
      }
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("traind")
      && name.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  private static func isValue(_ text: String) -> Bool {
    text.utf8.count <= 1024 && text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && text.first != " "
      && text.last != " "
  }
}
