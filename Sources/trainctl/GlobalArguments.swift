/// The parser wants a verb's options after the verb; users may write the global ones before it too.
enum GlobalArguments {
  private static let names = ["--socket", "--output", "-o"]

  /// Moves the global options to the end, or to before `--`.
  static func afterTheVerb(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    var options: [String] = []
    var others: [String] = []
    var rest = arguments[..<end]
    while let argument = rest.popFirst() {
      if names.contains(argument) {
        options.append(argument)
        if let value = rest.popFirst() { options.append(value) }
      } else if argument.hasPrefix("--socket=") || argument.hasPrefix("--output=") {
        options.append(argument)
      } else if argument.hasPrefix("-o"), argument.count > 2 {
        options += ["-o", String(argument.dropFirst(argument.hasPrefix("-o=") ? 3 : 2))]
      } else {
        others.append(argument)
      }
    }
    // These take no options.
    let isMeta = others.isEmpty || ["help", "--help", "-h", "--version"].contains(others[0])
    return others + (isMeta ? [] : options) + arguments[end...]
  }
}
