internal import TrainCore

/// A tree with one member on each line, for people.
enum PrettyJSON {
  static func lines(_ json: JSON) -> [String] {
    json.finite.pretty.split(separator: "\n").map { Escape.line(String($0)) }
  }
}
