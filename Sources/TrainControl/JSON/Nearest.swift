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

  /// Letters to add, drop, change, or swap with their neighbour; over at most 64 bytes of each.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    let a = Array(a.prefix(64))
    let b = Array(b.prefix(64))
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
