/// What Viam takes for a name.
package enum ViamName {
  /// What a machine accepts as the name of a package (viam-server's ValidatePackageName): `^[a-zA-Z0-9][-\w]*$`.
  package static let longest = 200

  /// Why `name` cannot be a model's name; `nil` when it can.
  package static func problem(with name: String) -> String? {
    guard let first = name.utf8.first else { return "is empty" }
    if name.utf8.count > longest { return "has more than \(longest) characters" }
    if !isAlphanumeric(first) { return "'\(name)' does not start with a letter or a digit" }
    guard let bad = name.first(where: { !$0.utf8.allSatisfy(isWord) }) else { return nil }
    return "'\(name)' holds '\(bad)': Viam takes letters, digits, '_' and '-' only"
  }

  package static func isWord(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  /// The known word that takes the fewest changes of a letter.
  package static func nearest(to word: String, in known: [String]) -> String {
    known.min { distance(word, $0) < distance(word, $1) } ?? ""
  }

  private static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let cost = Swift.min(diagonal + (letter == b[j] ? 0 : 1), row[j] + 1, row[j + 1] + 1)
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }
}
