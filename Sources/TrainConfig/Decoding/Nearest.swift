/// The word that somebody probably meant.
enum Nearest {
  /// `nil` when no word is near.
  static func word(to written: String, among words: [String]) -> String? {
    let letters = fold(written)
    guard letters.count <= 100 else { return nil }
    let most = max(1, letters.count / 3)
    let distances = words.map { (word: $0, distance: distance(letters, fold($0))) }
    return distances.filter { $0.distance <= most }.min { $0.distance < $1.distance }?.word
  }

  static func hint(for written: String, among words: [String], called plural: String) -> String {
    if let word = word(to: written, among: words) { return "did you mean `\(word)`?" }
    return "known \(plural): \(words.joined(separator: ", "))"
  }

  private static func fold(_ word: String) -> [UInt8] { Array(word.lowercased().utf8) }

  /// Insertions, deletions, substitutions and swaps of neighbours that make `b` of `a`.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        var best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, before[j - 2] + 1) }
        row.append(best)
      }
      before = last
      last = row
    }
    return last[b.count]
  }
}
