/// The characters of a file, checked before a parser sees them, and where each is.
struct YAMLText {
  /// Where a `*name` is that may be an alias, or may be a part of some text.
  struct Star: Hashable {
    var index: Int
    var line: Int
    var column: Int
  }

  /// The parser recurses as deep as brackets are open, or as a line of indicators or blanks reaches before its text.
  /// Brackets inside of text count too; no text opens so many more than it closes.
  private static let mostOpen = 256

  let file: String
  var scalars: [Unicode.Scalar]
  private(set) var stars: [Star] = []

  /// - Throws: the first byte or character that YAML 1.2.2, 5.1 does not allow.
  init(_ bytes: [UInt8], file: String) throws(ConfigProblems) {
    self.file = file
    scalars = []
    scalars.reserveCapacity(bytes.count)
    var decoder = UTF8()
    var input = bytes.makeIterator()
    var line = 1
    var column = 1
    var last: Unicode.Scalar = "\n"
    var open = 0
    var isIndenting = true
    decoding: while true {
      switch decoder.decode(&input) {
      case .emptyInput: break decoding
      case .error:
        let place = Place(file: file, line: line, column: column)
        throw ConfigProblems([ConfigProblem(place, "the file is not UTF-8 text", hint: "save it as UTF-8")])
      case .scalarValue(let scalar):
        // A byte order mark may begin a file; the parser would count it as a column.
        if scalar == "\u{FEFF}", scalars.isEmpty { continue }
        guard YAMLText.isAllowed(scalar) else {
          throw ConfigProblems([
            ConfigProblem(
              Place(file: file, line: line, column: column),
              "the character U+\(YAMLText.hex(scalar)) is not allowed", hint: "write it as an escape in double quotes")
          ])
        }
        if last == "*", YAMLText.isNameCharacter(scalar) {
          stars.append(Star(index: scalars.count - 1, line: line, column: column - 1))
        }
        scalars.append(scalar)
        switch scalar {
        case "[", "{": open += 1
        case "]", "}": open = max(0, open - 1)
        default: break
        }
        isIndenting = isIndenting && (scalar == " " || scalar == "-" || scalar == "?" || scalar == ":")
        if open > YAMLText.mostOpen || isIndenting && column > YAMLText.mostOpen {
          throw ConfigProblems([YAMLReader.tooDeep(at: Place(file: file, line: line, column: column))])
        }
        switch scalar {
        case "\n" where last == "\r": break  // ended its line already
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
          line += 1
          column = 1
          isIndenting = true
        default: column += 1
        }
        last = scalar
      }
    }
  }

  /// The text with some characters replaced by as many others, so that every other character stays where it was.
  func replacing(_ replacements: [Int: Unicode.Scalar]) -> String {
    var copy = scalars
    for (index, scalar) in replacements { copy[index] = scalar }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: copy)
    return String(text)
  }

  /// The index of a position, or `nil` when nothing is there.
  func index(line: Int, column: Int) -> Int? {
    var current = 1
    var index = 0
    while current < line, index < scalars.count {
      switch scalars[index] {
      case "\r" where index + 1 < scalars.count && scalars[index + 1] == "\n": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": current += 1
      default: break
      }
      index += 1
    }
    let found = index + column - 1
    return current == line && scalars.indices.contains(found) ? found : nil
  }

  /// Nothing but blanks comes before it on its line.
  func isFirstOfLine(line: Int, column: Int) -> Bool {
    guard let start = index(line: line, column: 1), start + column - 1 <= scalars.count else { return true }
    return scalars[start..<start + column - 1].allSatisfy { $0 == " " || $0 == "\t" }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
