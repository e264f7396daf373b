internal import TrainCore

/// A value of a file on its way to what it stands for. Each method gives `nil` and says why when it is something else.
struct WrittenValue {
  let node: YAMLNode
  /// As `train.tags[1]`.
  let path: String
  let problems: ProblemList

  func fail(_ message: String, hint: String? = nil) {
    problems.add(node.place, "`\(Shown.text(path, most: 200))` \(message)", hint: hint)
  }

  /// Text as it was written: `1.4` stays `1.4`.
  func text() -> String? {
    guard case .scalar(let scalar) = node.content, !node.isNull else {
      fail("must be text, not \(node.noun)")
      return nil
    }
    guard !scalar.text.isEmpty else {
      fail("is empty", hint: "give it a value, or remove the key")
      return nil
    }
    return scalar.text
  }

  func wholeNumber(least: Int64) -> Int64? {
    guard case .scalar(let scalar) = node.content, scalar.isPlain,
      case .value(.int(let number)) = CoreSchema.value(of: scalar.text)
    else {
      fail("must be a whole number, not \(node.noun)", hint: "at least \(least), without quotes")
      return nil
    }
    guard number >= least else {
      fail("must be at least \(least), not \(number)")
      return nil
    }
    return number
  }

  func boolean() -> Bool? {
    guard case .scalar(let scalar) = node.content, scalar.isPlain,
      case .value(.bool(let value)) = CoreSchema.value(of: scalar.text)
    else {
      fail("must be true or false, not \(node.noun)")
      return nil
    }
    return value
  }

  func choice(_ words: [String]) -> String? {
    guard let word = text() else { return nil }
    guard words.contains(word) else {
      fail("cannot be `\(Shown.text(word))`", hint: Nearest.hint(for: word, among: words, called: "words"))
      return nil
    }
    return word
  }

  func duration(least: Duration = .zero) -> Duration? {
    guard case .scalar(let scalar) = node.content else {
      fail("must be a duration, not \(node.noun)", hint: Quantity.durationHint)
      return nil
    }
    guard let duration = Quantity.duration(scalar.text) else {
      fail("cannot be `\(Shown.text(scalar.text))`: it is not a duration", hint: Quantity.durationHint)
      return nil
    }
    guard duration >= least else {
      fail("must be at least \(Quantity.text(least)), not \(scalar.text)")
      return nil
    }
    return duration
  }

  /// Bytes; `suffix` as `/s` for a bandwidth.
  func size(least: Int64 = 1, suffix: String = "") -> Int64? {
    guard case .scalar(let scalar) = node.content else {
      fail("must be a size, not \(node.noun)", hint: Quantity.sizeHint + suffix)
      return nil
    }
    let text = scalar.text
    guard text.hasSuffix(suffix), let bytes = Quantity.size(String(text.dropLast(suffix.count))) else {
      let hint = suffix.isEmpty ? Quantity.sizeHint : "as `20MiB\(suffix)`, or `unlimited`"
      fail("cannot be `\(Shown.text(text))`: it is not a \(suffix.isEmpty ? "size" : "bandwidth")", hint: hint)
      return nil
    }
    guard bytes >= least else {
      fail("must be at least \(Quantity.text(bytes: least))\(suffix), not \(text)")
      return nil
    }
    return bytes
  }

  func absolutePath() -> String? {
    guard let path = text() else { return nil }
    guard path.hasPrefix("/") else {
      fail("must be an absolute path", hint: "begin it with `/`")
      return nil
    }
    return path
  }

  /// Never shows the value: a password may be in it.
  /// - Parameter login: what to do when a user or password is in it.
  func url(schemes: [String], login: String = "remove it from the URL") -> String? {
    guard let url = text() else { return nil }
    guard let scheme = schemes.first(where: { url.hasPrefix($0) }), url.utf8.count > scheme.utf8.count,
      !url.contains(where: \.isWhitespace)
    else {
      fail("must be a URL", hint: "begin it with \(schemes.joined(separator: " or "))")
      return nil
    }
    let authority = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard scheme == "unix://" || !authority.contains("@") else {
      fail("must not hold a user or password: a secret is never written here", hint: login)
      return nil
    }
    return url
  }

  func elements() -> [WrittenValue]? {
    guard case .sequence(let elements) = node.content else {
      fail("must be a list, not \(node.noun)", hint: "begin each element with `- `")
      return nil
    }
    return elements.enumerated().map { WrittenValue(node: $1, path: "\(path)[\($0)]", problems: problems) }
  }

  func members(hint: String) -> [YAMLNode.Member]? {
    guard case .mapping(let members) = node.content else {
      fail("must be a mapping, not \(node.noun)", hint: hint)
      return nil
    }
    return members
  }

  func fields(at place: Place? = nil, known: [String], hint: String) -> Fields? {
    members(hint: hint).map {
      Fields($0, path: path, place: place ?? node.place, known: known, problems: problems)
    }
  }

  /// The value as YAML 1.2's core schema reads it.
  func json() -> JSON? {
    switch node.content {
    case .scalar(let scalar):
      guard scalar.isPlain else { return .string(scalar.text) }
      switch CoreSchema.value(of: scalar.text) {
      case .value(let value): return value
      case .outOfRange:
        fail("is a number that cannot be held exactly", hint: "put it in quotes if it is an id or other text")
        return nil
      }
    case .sequence:
      guard let elements = elements()?.map({ $0.json() }) else { return nil }
      let values = elements.compactMap(\.self)
      return values.count == elements.count ? .array(values) : nil
    case .mapping(let members):
      var object: [String: JSON] = [:]
      for member in members {
        object[member.key] = WrittenValue(node: member.value, path: "\(path).\(member.key)", problems: problems).json()
      }
      return object.count == members.count ? .object(object) : nil
    }
  }
}
