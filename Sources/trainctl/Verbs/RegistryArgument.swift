internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct RegistryArgument: ParsableArguments {
  @Option(help: "The registry's name in the configuration.") var registry: String
  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("A query parameter as the registry's API knows it; may be repeated.", valueName: "name=value"))
  var parameters: [String] = []

  func validate() throws {
    for parameter in parameters where parameter.firstIndex(of: "=").map({ $0 == parameter.startIndex }) ?? true {
      throw ValidationError("--param \(parameter) is not NAME=VALUE")
    }
  }

  /// - Parameter flags: names as they are sent, and what was given; those of `nil` were not.
  func request(
    _ flags: [(String, String?)] = [], more: [CatalogParameter] = [], pages: Int? = nil, files: Bool = false
  ) -> CatalogRequest {
    let given = parameters.map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return CatalogParameter(String(sides[0]), String(sides[1]))
    }
    return CatalogRequest(
      flags: flags.compactMap { name, value in value.map { CatalogParameter(name, $0) } }, parameters: given + more,
      pages: pages, files: files)
  }
}

/// Flags that the lists of several registries know; which of them a registry knows, it says itself.
struct CatalogFlags: ParsableArguments {
  @Option(help: "Only this fully qualified name.") var fqn: String?
  @Option(help: ArgumentHelp("Only of this ML repository.", valueName: "id")) var mlRepoId: String?
  @Option(help: "Only of this name.") var name: String?
  @Option(help: ArgumentHelp("Only of this run.", valueName: "id")) var runId: String?
  @Option(help: ArgumentHelp("Leave out the first so many.", valueName: "n")) var offset: Int?
  @Option(help: ArgumentHelp("At most so many, in one page.", valueName: "n")) var limit: Int?

  var given: [(String, String?)] {
    [
      ("fqn", fqn), ("ml_repo_id", mlRepoId), ("name", name), ("run_id", runId), ("offset", offset.map { String($0) }),
      ("limit", limit.map { String($0) }),
    ]
  }
}

struct PagesOption: ParsableArguments {
  @Option(help: ArgumentHelp("Stop after so many pages instead of reading all.", valueName: "n")) var pages: Int?

  func validate() throws {
    if let pages, pages < 1 { throw ValidationError("--pages must be at least 1") }
  }
}
