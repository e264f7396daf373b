internal import TrainCore

/// A tree with one member on each line, for people.
enum PrettyJSON {
  static func lines(_ json: JSON) -> [String] {
    var lines: [String] = [""]
    write(json, indent: "", to: &lines)
    return lines.map(Escape.line)
  }

  private static func write(_ json: JSON, indent: String, to lines: inout [String]) {
    let inner = indent + "  "
    switch json {
    case .object(let members) where !members.isEmpty:
      lines[lines.count - 1] += "{"
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        lines.append("\(inner)\(JSON.string(member.key).canonical): ")
        write(member.value, indent: inner, to: &lines)
        if index + 1 < members.count { lines[lines.count - 1] += "," }
      }
      lines.append("\(indent)}")
    case .array(let values) where !values.isEmpty:
      lines[lines.count - 1] += "["
      for (index, value) in values.enumerated() {
        lines.append(inner)
        write(value, indent: inner, to: &lines)
        if index + 1 < values.count { lines[lines.count - 1] += "," }
      }
      lines.append("\(indent)]")
    case .null, .bool, .int, .double, .string, .array, .object: lines[lines.count - 1] += json.canonical
    }
  }
}
