/// Collects what is wrong while a file is decoded.
final class ProblemList {
  private(set) var all: [ConfigProblem] = []

  func add(_ place: Place, _ message: String, hint: String? = nil) {
    all.append(ConfigProblem(place, message, hint: hint))
  }

  /// Problems of one file beyond these are only counted.
  static let mostPerFile = 100

  /// In the order of the files as given, then of lines; of each file no more than ``mostPerFile``.
  static func sorted(_ problems: [ConfigProblem], files: [String]) -> [ConfigProblem] {
    let ranks = Dictionary(zip(files, 0...), uniquingKeysWith: { first, _ in first })
    let keyed = problems.enumerated().map { (rank: ranks[$1.place.file] ?? files.count, index: $0, problem: $1) }
    let sorted = keyed.sorted {
      ($0.rank, $0.problem.place.line, $0.problem.place.column, $0.index)
        < ($1.rank, $1.problem.place.line, $1.problem.place.column, $1.index)
    }
    var counts: [String: Int] = [:]
    var kept = sorted.map(\.problem).filter {
      counts[$0.place.file, default: 0] += 1
      return counts[$0.place.file, default: 0] <= mostPerFile
    }
    for (file, count) in counts.sorted(by: { $0.key < $1.key }) where count > mostPerFile {
      kept.append(
        ConfigProblem(Place(file: file), "has \(count - mostPerFile) more problems", hint: "mend these first"))
    }
    return kept
  }
}
