internal import TrainCore

/// Values as the text of a column.
///
/// Foundation's coders write `1.0` as `1` and refuse NaN. A spec's `1.0` that comes back as `1` is another argument for
/// the platform, so a job that was submitted would no longer be known as ours; a loss of NaN would stop its job's
/// commits.
/// Here a whole double stays a double, NaN becomes `null` and infinities are written as `1e999`. Keys are sorted: the
/// same value is always the same text.
enum StoredJSON {
  static func text(of value: some Encodable) throws -> String {
    let box = TreeBox()
    try TreeEncoder(box: box, path: .root).encode(value)
    return JSONText.write(box.tree)
  }

  static func value<Value: Decodable>(_ type: Value.Type = Value.self, from text: String) throws -> Value {
    try TreeDecoder(tree: JSONText.read(text), path: .root).decode(type)
  }
}

/// The way from the root to a value, for messages; nothing is allocated until one is asked for.
indirect enum TreePath {
  case root
  case member(any CodingKey, of: TreePath)

  var keys: [any CodingKey] {
    switch self {
    case .root: []
    case .member(let key, let parent): parent.keys + [key]
    }
  }
}

/// A member's name or an element's index.
struct TreeKey: CodingKey {
  var stringValue: String
  var intValue: Int?

  init(stringValue: String) { self.stringValue = stringValue }
  init(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = intValue
  }
  static let `super` = TreeKey(stringValue: "super")
}
