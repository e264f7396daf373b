extension JSON {
  /// The paths at which two trees differ, as `train.tags[1]: old -> new`.
  public static func differences(from old: JSON, to new: JSON, at path: String = "") -> [String] {
    if old == new { return [] }
    switch (old, new) {
    case (.object(let a), .object(let b)):
      return Set(a.keys).union(b.keys).sorted().flatMap { key in
        let inner = path.isEmpty ? key : "\(path).\(key)"
        guard let before = a[key] else { return ["\(inner): (absent) -> \(b[key]?.canonical ?? "")"] }
        guard let after = b[key] else { return ["\(inner): \(before.canonical) -> (absent)"] }
        return differences(from: before, to: after, at: inner)
      }
    case (.array(let a), .array(let b)) where a.count == b.count:
      return zip(a, b).enumerated().flatMap { differences(from: $1.0, to: $1.1, at: "\(path)[\($0)]") }
    default: return ["\(path): \(old.canonical) -> \(new.canonical)"]
    }
  }
}
