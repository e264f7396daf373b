/// Guesses what a misspelled name was meant to be.
public enum Nearest {
  /// The closest of `names`, when it is close enough to be worth saying.
  public static func name(to name: String, among names: [String]) -> String? {
    let limit = max(1, name.count / 3)
    let ranked = names.map { (distance(Array(name.utf8), Array($0.utf8)), $0) }.min { $0.0 < $1.0 }
    guard let (distance, nearest) = ranked, distance <= limit else { return nil }
    return nearest
  }

  public static func hint(to name: String, among names: [String], noun: String) -> String {
    if let nearest = self.name(to: name, among: names) { return "did you mean '\(nearest)'?" }
    return names.isEmpty ? "it takes no \(noun)" : "known: \(names.joined(separator: " "))"
  }

  /// Levenshtein's, over at most 64 bytes of each.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    let a = a.prefix(64)
    let b = b.prefix(64)
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }
}
