/// Collects what is wrong while a file is decoded.
final class ProblemList {
  private(set) var all: [ConfigProblem] = []

  func add(_ place: Place, _ message: String, hint: String? = nil) {
    all.append(ConfigProblem(place, message, hint: hint))
  }

  /// In the order of the files as given, then of lines.
  func sorted(files: [String]) -> [ConfigProblem] { ProblemList.sorted(all, files: files) }

  static func sorted(_ problems: [ConfigProblem], files: [String]) -> [ConfigProblem] {
    let ranks = Dictionary(zip(files, 0...), uniquingKeysWith: { first, _ in first })
    let keyed = problems.enumerated().map { (rank: ranks[$1.place.file] ?? files.count, index: $0, problem: $1) }
    return keyed.sorted {
      ($0.rank, $0.problem.place.line, $0.problem.place.column, $0.index)
        < ($1.rank, $1.problem.place.line, $1.problem.place.column, $1.index)
    }.map(\.problem)
  }
}
