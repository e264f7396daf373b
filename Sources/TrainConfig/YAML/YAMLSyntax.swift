internal import Yams

/// What the parser could not read, in an operator's words.
enum YAMLSyntax {
  static func problem(_ error: any Error, in text: YAMLText) -> ConfigProblem {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      return explain(problem, context, at: mark, in: text)
    case YamlError.reader(let problem, _, _, _):
      return ConfigProblem(Place(file: text.file), "the file cannot be read as text: \(problem)")
    default:
      return ConfigProblem(Place(file: text.file), "the file cannot be read as YAML")
    }
  }

  private static func explain(
    _ problem: String, _ context: YamlError.Context?, at mark: Mark, in text: YAMLText
  ) -> ConfigProblem {
    let place = Place(file: text.file, line: mark.line, column: mark.column)
    let character = text.index(line: mark.line, column: mark.column).map { text.scalars[$0] }
    // The text of a context that spans lines begins where the mistake is.
    let start = context.map { Place(file: text.file, line: $0.mark.line, column: $0.mark.column) } ?? place
    switch problem {
    case "but found another document":
      return ConfigProblem(place, "a second document begins here", hint: "one file holds one; remove the `---`")
    case "did not find expected <document start>":
      return ConfigProblem(place, "something follows the end of the document", hint: "one file holds one")
    case "found character that cannot start any token" where character == "\t",
      "found a tab character that violates indentation", "found a tab character where an indentation space is expected":
      return ConfigProblem(place, "a tab cannot indent", hint: "use spaces")
    case "found character that cannot start any token":
      return ConfigProblem(
        place, "a value cannot begin with \(character == "`" ? "a backtick" : "`\(character.map(String.init) ?? "")`")",
        hint: "put it in quotes")
    case "did not find expected alphabetic or numeric character":
      let sign = text.index(line: start.line, column: start.column).map { String(text.scalars[$0]) } ?? ""
      return ConfigProblem(start, "a value cannot begin with `\(sign)`", hint: "put it in quotes")
    case "mapping values are not allowed in this context":
      return ConfigProblem(
        place, "a `:` is not expected here", hint: "indent keys of one mapping alike, and quote text that holds `: `")
    case "found unexpected end of stream", "found unexpected document indicator":
      return ConfigProblem(start, "the quote that opens here is never closed", hint: "close it")
    case "found unknown escape character":
      return ConfigProblem(
        place, "this is no escape", hint: "write `\\\\` for a backslash, or use single quotes, which have no escapes")
    case "could not find expected ':'":
      return ConfigProblem(start, "a key is not followed by `:`", hint: "write `key: value`")
    case "did not find expected ',' or ']'":
      return ConfigProblem(start, "the list that opens here is not closed with `]`", hint: "look at line \(mark.line)")
    case "did not find expected ',' or '}'":
      return ConfigProblem(
        start, "the mapping that opens here is not closed with `}`", hint: "look at line \(mark.line)")
    case "did not find expected node content":
      guard let character else {
        return ConfigProblem(place, "the file ends where a value is expected", hint: "close what is open")
      }
      return ConfigProblem(place, "a value is expected here, not `\(character)`", hint: "put text in quotes")
    case "did not find expected key", "did not find expected '-' indicator":
      guard text.isFirstOfLine(line: mark.line, column: mark.column) else {
        return ConfigProblem(place, "the value before this has ended already", hint: "put all of it in quotes")
      }
      let (what, whole) = problem.hasSuffix("key") ? ("key", "mapping") : ("`-`", "list")
      return ConfigProblem(
        place, "a \(what) is expected here", hint: "indent it like the \(whole) that begins on line \(start.line)")
    case "Maximum nesting level reached, set with yaml_set_max_nest_level())":
      return YAMLReader.tooDeep(at: place)
    default:
      return ConfigProblem(place, "this is not YAML: \(context.map { "\($0.text), " } ?? "")\(problem)")
    }
  }
}
