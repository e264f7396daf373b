internal import Yams

/// The parser's nodes -> our own: keys become text, aliases what they stand for, and everything is counted.
struct YAMLTreeBuilder {
  /// A finished node and what it weighs.
  private struct Built {
    var node: YAMLNode
    var count: Int
    var height: Int
  }

  private let file: String
  private let renamed: [Place: String]
  private let aliases: Set<Place>
  private var anchors: [String: Built] = [:]
  private var total = 0
  private var problems: [ConfigProblem] = []
  /// Something could not be taken over: to decode what is left would only blame the wrong things.
  private var isBroken = false
  /// Where keys are that come again, and that the second one's problem tells of.
  private(set) var firstOfDuplicates: Set<Place> = []

  init(file: String, renamed: [Place: String], aliases: Set<Place>) {
    self.file = file
    self.renamed = renamed
    self.aliases = aliases
  }

  mutating func read(_ root: Node) throws(ConfigProblems) -> YAMLReading {
    let built = try build(root, depth: 1)
    return YAMLReading(root: isBroken || built.node.isNull ? nil : built.node, problems: problems)
  }

  private mutating func build(_ node: Node, depth: Int) throws(ConfigProblems) -> Built {
    let place = self.place(of: node)
    try grow(by: 1, to: depth, at: place)
    var built = Built(node: YAMLNode(content: .sequence([]), place: place), count: 1, height: 1)
    switch node {
    case .scalar(let scalar):
      if aliases.contains(place) { return try stand(for: scalar, at: place, depth: depth) }
      let isUntagged = scalar.tag.rawValue.isEmpty
      if !isUntagged { accept(only: "str", scalar.tag, at: place) }
      built.node.content = .scalar(.init(text: scalar.string, isPlain: scalar.style == .plain && isUntagged))
    case .sequence(let sequence):
      accept(only: "seq", sequence.tag, at: place)
      var elements: [YAMLNode] = []
      for element in sequence {
        let inner = try build(element, depth: depth + 1)
        elements.append(inner.node)
        built.count += inner.count
        built.height = max(built.height, inner.height + 1)
      }
      built.node.content = .sequence(elements)
    case .mapping(let mapping):
      accept(only: "map", mapping.tag, at: place)
      var members: [YAMLNode.Member] = []
      var seen: [String: Place] = [:]
      for (key, value) in mapping {
        let keyPlace = self.place(of: key)
        var inner = try build(value, depth: depth + 1)
        if case .scalar(let scalar) = inner.node.content, scalar.text.isEmpty, scalar.isPlain {
          inner.node.place = keyPlace  // nothing is written there
        }
        built.count += inner.count
        built.height = max(built.height, inner.height + 1)
        guard let name = name(of: key, at: keyPlace) else { continue }
        if let first = seen[name] {
          firstOfDuplicates.insert(first)
          problems.append(
            ConfigProblem(
              keyPlace, "the key `\(Shown.text(name))` is written more than once here",
              hint: "keep one of them; the first is on line \(first.line)"))
          continue
        }
        seen[name] = keyPlace
        members.append(.init(key: name, place: keyPlace, value: inner.node))
      }
      built.node.content = .mapping(members)
    case .alias: break  // made by Yams' encoder only
    }
    if let anchor = node.anchor { anchors[anchor.rawValue] = built }
    return built
  }

  private mutating func name(of key: Node, at place: Place) -> String? {
    guard case .scalar(let scalar) = key, !aliases.contains(place) else {
      fail(place, "a key must be plain text", hint: "write it out")
      return nil
    }
    let name = renamed[place] ?? scalar.string
    if scalar.style == .plain, name == "<<" {
      fail(place, "`<<` (merge) is not supported", hint: "write the keys out")
      return nil
    }
    if name.isEmpty {
      fail(place, "a key is empty", hint: "name it")
      return nil
    }
    return name
  }

  private mutating func stand(for scalar: Node.Scalar, at place: Place, depth: Int) throws(ConfigProblems) -> Built {
    let name = String(String.UnicodeScalarView(scalar.string.unicodeScalars.dropFirst()))
    guard var built = anchors[name] else {
      let name = Shown.text(name)
      fail(
        place, "`*\(name)` stands for nothing: no `&\(name)` comes before it", hint: "quote text that begins with `*`")
      return Built(node: YAMLNode(content: .sequence([]), place: place), count: 1, height: 1)
    }
    try grow(by: built.count - 1, to: depth + built.height - 1, at: place)
    built.node.place = place
    return built
  }

  private mutating func grow(by count: Int, to depth: Int, at place: Place) throws(ConfigProblems) {
    total += count
    if total > YAMLReader.mostNodes {
      problems.append(
        ConfigProblem(
          place, "the file holds more than \(YAMLReader.mostNodes) values, aliases replaced by what they stand for",
          hint: "keep data out of it and name where it is"))
      throw ConfigProblems(problems)
    }
    if depth > YAMLReader.mostDepth {
      problems.append(YAMLReader.tooDeep(at: place))
      throw ConfigProblems(problems)
    }
  }

  /// Tags may say what a node is anyway; anything else asks for types that specs do not have.
  private mutating func accept(only name: String, _ tag: Tag, at place: Place) {
    let written = tag.rawValue
    let prefix = "tag:yaml.org,2002:"
    if written.isEmpty || written == "!" || written == prefix + name { return }
    let shown = written.hasPrefix(prefix) ? "!!\(written.dropFirst(prefix.count))" : written
    fail(place, "the tag `\(Shown.text(shown))` is not supported", hint: "leave it out; quotes make text of anything")
  }

  private mutating func fail(_ place: Place, _ message: String, hint: String) {
    isBroken = true
    problems.append(ConfigProblem(place, message, hint: hint))
  }

  private func place(of node: Node) -> Place {
    Place(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }
}
