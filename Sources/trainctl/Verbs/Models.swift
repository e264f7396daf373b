internal import ArgumentParser
internal import TrainControl
internal import TrainCore

/// What a registry itself holds, published by traind or not.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "The models that a registry holds, published by traind or not.",
    subcommands: [ListThem.self, ShowOne.self, Versions.self, Create.self])

  struct ListThem: Verb {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "All models of the registry, page by page.",
      discussion: "Which flags there are is the registry's to say; --param passes any other parameter where it allows.")

    @OptionGroup var target: RegistryArgument
    @OptionGroup var flags: CatalogFlags
    @Flag(inversion: .prefixedNo, help: "Also models without any version.") var includeEmptyModels: Bool?
    @OptionGroup var bound: PagesOption
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let flags = flags.given + [("include_empty_models", includeEmptyModels.map { $0 ? "true" : "false" })]
      let request = target.request(flags, pages: bound.pages)
      try CatalogStream(session, ControlPath.registry(target.registry, "models"), request).print("models")
      return 0
    }
  }

  struct Versions: Verb {
    static let configuration = CommandConfiguration(
      commandName: "versions", abstract: "The versions of a model, or of all, with their tags.")

    @Argument(help: "The registry's own id of a model.") var id: String?
    @OptionGroup var target: RegistryArgument
    @OptionGroup var flags: CatalogFlags
    @Option(help: "Only those with this tag.") var tag: String?
    @OptionGroup var bound: PagesOption
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let request = target.request(flags.given + [("tag", tag)], pages: bound.pages)
      let path =
        id.map { ControlPath.registry(target.registry, "models", $0, "versions") }
        ?? ControlPath.registry(target.registry, "model-versions")
      try CatalogStream(session, path, request).print("versions")
      return 0
    }
  }

  struct ShowOne: Verb {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "One model whole. Its file only with --download.",
      discussion: """
        The file is written here, as you, to a temporary file first. An interrupted download is resumed.
        """)

    @Argument(help: "The registry's own id.") var id: String
    @OptionGroup var target: RegistryArgument
    @Option(help: ArgumentHelp("Fetch the model's file to here.", valueName: "path")) var download: String?
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let query = target.request().query
      let client = session.patientClient
      let document = try client.get(ControlPath.registry(target.registry, "models", id), query)
      guard let download else {
        try session.answer(document, as: CatalogObjectView.self) { model in
          PrettyJSON.lines(model.data).forEach(session.console.line)
        }
        return 0
      }
      let file = try FileDownload(
        client: client, path: ControlPath.registry(target.registry, "models", id, "file"), query: query,
        target: download, progress: ProgressLine(download)
      ).run()
      switch session.format {
      case .table:
        let check = file.digest.map { "\($0), as the registry says" } ?? "the registry tells no digest"
        session.console.line("\(Escape.line(download)): \(Human.size(file.bytes)), \(Escape.line(check))")
      case .json, .jsonl:
        var answer = try document.json()
        answer["download"] = ["path": .string(download), "bytes": .int(file.bytes), "digest": .text(file.digest)]
        session.console.json(answer)
      }
      return 0
    }
  }

  struct Create: Verb {
    static let configuration = CommandConfiguration(
      commandName: "create", abstract: "Make a model out of a file of yours.",
      discussion: """
        The file is read here, as you. The same command, after an interruption, resumes the upload: what it needs \
        for that is kept in $XDG_STATE_HOME/traind/uploads, else ~/.local/state/traind/uploads.
        """)

    @Option(help: "What the model is made of.") var file: String
    @Option(name: .customLong("set"), help: ArgumentHelp("A field of the model, as text.", valueName: "name=text"))
    var texts: [String] = []
    @Option(
      name: .customLong("set-json"), help: ArgumentHelp("A field of the model, as JSON.", valueName: "name=json"))
    var values: [String] = []
    @Option(help: "The registry's name in the configuration.") var registry: String
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let document = try ModelUpload(
        client: session.patientClient, registry: registry, file: file, fields: try fields(),
        progress: ProgressLine(file), note: session.console.note
      ).run()
      try session.answer(document, as: CatalogObjectView.self) { model in
        PrettyJSON.lines(model.data).forEach(session.console.line)
      }
      return 0
    }

    private func fields() throws(ControlError) -> JSON {
      var fields: [String: JSON] = [:]
      for (option, given) in [("--set", texts), ("--set-json", values)] {
        for pair in given {
          let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          guard sides.count == 2, !sides[0].isEmpty else {
            throw ControlError(.usage, "read the command line", "\(option) \(pair) is not NAME=VALUE")
          }
          let name = String(sides[0])
          let value: JSON =
            option == "--set"
            ? .string(String(sides[1])) : try JSON.parse(Array(sides[1].utf8), what: "\(option) \(name)")
          guard fields.updateValue(value, forKey: name) == nil else {
            throw ControlError(.usage, "read the command line", "the field '\(name)' is given twice")
          }
        }
      }
      return .object(fields)
    }
  }
}
