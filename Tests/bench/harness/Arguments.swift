/// `VERB --key value ... [-- COMMAND...]`
struct Arguments {
  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  let verb: String
  private var values: [String: String] = [:]
  /// What follows `--`.
  private(set) var command: [String] = []

  init(_ words: [String]) {
    verb = words.first ?? ""
    var words = words.dropFirst()
    while let key = words.popFirst() {
      if key == "--" {
        command = Array(words)
        return
      }
      values[String(key.drop { $0 == "-" })] = words.popFirst() ?? ""
    }
  }

  func text(_ key: String) throws -> String {
    guard let value = values[key] else { throw Missing(description: "--\(key) is missing") }
    return value
  }

  func text(_ key: String, or usual: String) -> String { values[key] ?? usual }

  func number(_ key: String, or usual: Int) throws -> Int {
    guard let value = values[key] else { return usual }
    guard let number = Int(value) else { throw Missing(description: "--\(key) must be a number, not '\(value)'") }
    return number
  }
}
