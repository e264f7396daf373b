internal import TrainCore

/// A publication's own keys and what is wrong with them.
struct PublicationKeys {
  let options: JSON
  private let path: String

  init(_ publication: JobSpec.Publication, of spec: JobSpec) {
    options = publication.options
    let index = spec.publish.firstIndex { $0.registry == publication.registry } ?? 0
    path = "publish[\(index)]"
  }

  func problem(_ key: String, _ message: String, hint: String? = nil) -> SpecProblem {
    SpecProblem(path: "\(path).\(key)", message, hint: hint)
  }

  /// One problem for each key that is not known, naming the nearest one that is.
  func unknown(known: [String]) -> [SpecProblem] {
    (options.object ?? [:]).keys.sorted().filter { !known.contains($0) }.map { key in
      let nearest = known.map { (Self.distance(key, $0), $0) }.min { $0.0 < $1.0 }
      let hint: String =
        if let nearest, nearest.0 <= 3 {
          "did you mean '\(nearest.1)'?"
        } else if known.isEmpty {
          "this registry takes no keys of its own"
        } else {
          "known keys: \(known.joined(separator: ", "))"
        }
      return problem(key, "unknown key", hint: hint)
    }
  }

  /// Levenshtein's distance.
  private static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.prefix(100).utf8)
    let b = Array(b.prefix(100).utf8)
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }
}
