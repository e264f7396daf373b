/// Lays a drop-in over what came before it: later wins, key by key, down to a connection's keys.
enum ConfigMerge {
  private static let connections = ["providers", "registries"]

  static func merge(_ below: YAMLNode, _ above: YAMLNode) -> YAMLNode {
    members(below, above) { key, old, new in
      if connections.contains(key) { return members(old, new) { _, old, new in connection(old, new) } }
      return members(old, new) { _, _, new in new }
    }
  }

  /// Another kind has other keys: it replaces the connection. A key's value, `{credential: NAME}` say, is one piece.
  private static func connection(_ old: YAMLNode, _ new: YAMLNode) -> YAMLNode {
    if let kind = kind(of: new), kind != self.kind(of: old) { return new }
    return members(old, new) { _, _, new in new }
  }

  private static func kind(of node: YAMLNode) -> String? {
    guard case .mapping(let members) = node.content, let kind = members.first(where: { $0.key == "kind" }),
      case .scalar(let scalar) = kind.value.content
    else { return nil }
    return scalar.text
  }

  private static func members(
    _ old: YAMLNode, _ new: YAMLNode, _ combine: (String, YAMLNode, YAMLNode) -> YAMLNode
  ) -> YAMLNode {
    guard case .mapping(let below) = old.content else { return new }
    // A section with nothing in it changes nothing: what it held is commented out.
    if new.isNull { return old }
    guard case .mapping(let above) = new.content else { return new }
    var merged = below
    for member in above {
      if let index = merged.firstIndex(where: { $0.key == member.key }) {
        let value = combine(member.key, merged[index].value, member.value)
        merged[index] = .init(key: member.key, place: member.place, value: value)
      } else {
        merged.append(member)
      }
    }
    return YAMLNode(content: .mapping(merged), place: new.place)
  }
}
