internal import Yams

/// What a file says, as far as it can be read.
struct YAMLReading {
  /// `nil` when the file is empty, or when ``problems`` leave nothing to decode.
  var root: YAMLNode?
  var problems: [ConfigProblem] = []
}

/// Bytes -> a tree, never more of it than the caps allow.
///
/// The parser copies an alias's node and hashes every key to find duplicates, so that a few lines of aliases inside
/// aliases could keep it busy for ever. Therefore it never sees an alias: each is turned into plain text of the same
/// length, and ``YAMLTreeBuilder`` puts the nodes in, counting.
struct YAMLReader {
  static let mostBytes = 1 << 20
  /// After aliases were replaced by what they stand for.
  static let mostNodes = 20_000
  static let mostDepth = 32
  /// Duplicates that are followed up to tell where the second one is: each costs a pass over the file, so that
  /// a large one gets fewer.
  private var mostDuplicates: Int { min(8, YAMLReader.mostBytes / max(1, text.scalars.count)) }
  /// Stands for the `*` of an alias. From a private use area; only places decide, so a file may hold it too.
  static let star: Unicode.Scalar = "\u{E000}"

  private let text: YAMLText
  /// What the parser sees in place of the file's own characters.
  private var replacements: [Int: Unicode.Scalar] = [:]
  /// First writings of keys that come twice, and the key each stands for.
  private var renamed: [Place: String] = [:]

  static func read(_ bytes: [UInt8], file: String) -> YAMLReading {
    guard bytes.count <= mostBytes else {
      return YAMLReading(problems: [tooLarge(Int64(bytes.count), file: file)])
    }
    do throws(ConfigProblems) {
      var reader = YAMLReader(text: try YAMLText(bytes, file: file))
      return try reader.read()
    } catch {
      return YAMLReading(problems: ProblemList.sorted(error.problems, files: [file]))
    }
  }

  static func tooLarge(_ bytes: Int64, file: String) -> ConfigProblem {
    ConfigProblem(
      Place(file: file), "the file has \(bytes) bytes; at most \(mostBytes) (1 MiB) are read",
      hint: "keep data out of it and name where it is")
  }

  static func tooDeep(at place: Place) -> ConfigProblem {
    ConfigProblem(place, "values are nested more than \(mostDepth) deep", hint: "flatten them")
  }

  private init(text: YAMLText) { self.text = text }

  private mutating func read() throws(ConfigProblems) -> YAMLReading {
    let stars = text.stars
    for star in stars { replacements[star.index] = YAMLReader.star }
    var composed = try compose()
    var aliases: Set<Place> = []
    if !stars.isEmpty, let root = composed?.root {
      // A star is an alias where a plain scalar begins; elsewhere it is a part of some text and stays what it is.
      let places = Set(stars.map { Place(file: text.file, line: $0.line, column: $0.column) })
      YAMLReader.collect(places, in: root, file: text.file, into: &aliases)
      if aliases.count < stars.count {
        for star in stars where !aliases.contains(Place(file: text.file, line: star.line, column: star.column)) {
          // A renamed key may begin with the star.
          if replacements[star.index] == YAMLReader.star { replacements[star.index] = nil }
        }
        composed = try compose()
      }
    }
    guard let composed else { return YAMLReading() }
    return try withExtendedLifetime(composed.parser) { () throws(ConfigProblems) in
      var builder = YAMLTreeBuilder(file: text.file, renamed: renamed, aliases: aliases)
      var reading = try builder.read(composed.root)
      let told = Set(reading.problems.map(\.place)).union(builder.firstOfDuplicates)
      reading.problems += duplicates().filter { !told.contains($0.place) }
      return reading
    }
  }

  /// Anchors live as long as the parser.
  private struct Composed {
    var parser: Yams.Parser
    var root: Node
  }

  private mutating func compose() throws(ConfigProblems) -> Composed? {
    while true {
      do {
        let parser = try Yams.Parser(yaml: text.replacing(replacements), resolver: .basic, encoding: .utf8)
        return try parser.singleRoot().map { Composed(parser: parser, root: $0) }
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        let place = Place(file: text.file, line: context.mark.line, column: context.mark.column)
        let name = names.first ?? ""
        guard rename(name, at: place) else {
          throw ConfigProblems(duplicates() + [YAMLReader.duplicate(name, at: place)])
        }
      } catch {
        throw ConfigProblems(duplicates() + [YAMLSyntax.problem(error, in: text)])
      }
    }
  }

  /// Gives the first writing of a key another name, so that the parser reads on.
  private mutating func rename(_ name: String, at place: Place) -> Bool {
    guard renamed.count < mostDuplicates, renamed[place] == nil,
      var index = text.index(line: place.line, column: place.column)
    else { return false }
    let first = text.scalars[index]
    // Another character in their place would be another structure.
    guard !"[{&!*".unicodeScalars.contains(first) else { return false }
    if first == "\"" || first == "'" {
      index += 1
      guard index < text.scalars.count, text.scalars[index] != first, text.scalars[index] != "\\" else { return false }
    }
    guard let stand = Unicode.Scalar(YAMLReader.star.value + 1 + UInt32(renamed.count)) else { return false }
    replacements[index] = stand
    // What stood for a star in quotes is one again.
    renamed[place] = String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == YAMLReader.star ? "*" : $0 }))
    return true
  }

  private func duplicates() -> [ConfigProblem] {
    renamed.sorted { $0.key.isBefore($1.key) }.map { YAMLReader.duplicate($0.value, at: $0.key) }
  }

  private static func duplicate(_ name: String, at place: Place) -> ConfigProblem {
    let isAlias = name.unicodeScalars.first == star
    // Yams' word for a key that is no text.
    let key = isAlias || name == "<uncovertable>" ? "a key" : "the key `\(Shown.text(name))`"
    return ConfigProblem(place, "\(key) is written more than once here", hint: "keep one of them")
  }

  private static func collect(_ places: Set<Place>, in node: Node, file: String, into found: inout Set<Place>) {
    switch node {
    case .scalar(let scalar):
      guard scalar.style == .plain, let mark = scalar.mark else { return }
      let place = Place(file: file, line: mark.line, column: mark.column)
      if places.contains(place) { found.insert(place) }
    case .sequence(let sequence):
      for element in sequence { collect(places, in: element, file: file, into: &found) }
    case .mapping(let mapping):
      for (key, value) in mapping {
        collect(places, in: key, file: file, into: &found)
        collect(places, in: value, file: file, into: &found)
      }
    case .alias: break
    }
  }
}
