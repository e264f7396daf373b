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
