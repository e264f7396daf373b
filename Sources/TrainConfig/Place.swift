/// A position in a file. Lines and columns count from 1, columns in Unicode scalars.
public struct Place: Hashable, Sendable {
  public var file: String
  /// 0 = the whole file.
  public var line: Int
  public var column: Int

  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  func isBefore(_ other: Place) -> Bool { (line, column) < (other.line, other.column) }
}

extension Place: CustomStringConvertible {
  public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}

/// Where each part of a decoded file was written.
public struct Places: Hashable, Sendable {
  /// By path, as `train.tags[1]`: a key's own place, an element's first character. `""` is the top.
  private var byPath: [String: Place]

  init(of root: YAMLNode) {
    byPath = ["": root.place]
    add(root, at: "")
  }

  init(whole file: String) { byPath = ["": Place(file: file)] }

  private mutating func add(_ node: YAMLNode, at path: String) {
    switch node.content {
    case .scalar: break
    case .sequence(let elements):
      for (index, element) in elements.enumerated() {
        byPath["\(path)[\(index)]"] = element.place
        add(element, at: "\(path)[\(index)]")
      }
    case .mapping(let members):
      for member in members {
        let inner = path.isEmpty ? member.key : "\(path).\(member.key)"
        byPath[inner] = member.place
        add(member.value, at: inner)
      }
    }
  }

  /// The place of `path`, else of the nearest part around it that was written.
  public func place(of path: String) -> Place {
    var path = path[...]
    while true {
      if let place = byPath[String(path)] { return place }
      guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      path = path[..<cut]
    }
    return byPath[""] ?? Place(file: "")
  }
}
