internal import TrainCore

/// A YAML tree in which every key and value knows where it was written. Keys are text and unique.
struct YAMLNode: Hashable, Sendable {
  struct Scalar: Hashable, Sendable {
    var text: String
    /// Not quoted, not a block and not tagged `!!str`: may stand for a number, a truth value or nothing.
    var isPlain: Bool
  }

  struct Member: Hashable, Sendable {
    var key: String
    /// Where the key is.
    var place: Place
    var value: YAMLNode
  }

  indirect enum Content: Hashable, Sendable {
    case scalar(Scalar)
    case sequence([YAMLNode])
    case mapping([Member])
  }

  var content: Content
  var place: Place

  /// `key:` with nothing behind it, or `null`.
  var isNull: Bool {
    if case .scalar(let scalar) = content { scalar.isPlain && CoreSchema.isNull(scalar.text) } else { false }
  }

  /// For messages. Never the value itself.
  var noun: String {
    switch content {
    case .scalar(let scalar):
      guard scalar.isPlain else { return "text" }
      return switch CoreSchema.value(of: scalar.text) {
      case .value(.null): "nothing"
      case .value(.bool): "true or false"
      case .value(.int), .value(.double), .outOfRange: "a number"
      case .value: "text"
      }
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    }
  }
}
