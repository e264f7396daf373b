internal import ArgumentParser
internal import TrainControl
internal import TrainCore

/// What models were trained and tested with, where a registry keeps that too.
struct GroundTruth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ground-truth", abstract: "What models were trained with, where a registry keeps that.",
    subcommands: [ListEvents.self, ShowVersion.self])

  struct ListEvents: Verb {
    static let configuration = CommandConfiguration(
      commandName: "events", abstract: "Annotated data, page by page; the first page unless --all is given.")

    @OptionGroup var target: RegistryArgument
    @Flag(help: "All pages.") var all = false
    @Option(help: ArgumentHelp("Only these members of each event; may be repeated.", valueName: "name,..."))
    var fields: [String] = []
    @Option(
      help: ArgumentHelp(
        "Fetch the events' files into this directory, and put their paths in place of the URLs.", valueName: "dir"))
    var download: String?
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let fields = fields.flatMap { $0.split(separator: ",") }.map { CatalogParameter("fields", String($0)) }
      let request = target.request(more: fields, pages: all ? nil : 1, files: download != nil)
      let stream = try CatalogStream(
        session, ControlPath.registry(target.registry, "ground-truth", "events"), request)
      guard let download else {
        try stream.print("events")
        return 0
      }
      let files = try EventDownload(session: session, registry: target.registry, directory: download)
      try stream.print("events") { page in files.fetch(page) }
      guard files.failures.isEmpty else {
        throw ControlError(
          .failed, "fetch files into \(download)",
          "\(files.failures.count) of \(files.count) could not be had, their URLs were left; the first: "
            + (files.failures.first ?? ""), hint: "the same command again fetches what is missing")
      }
      return 0
    }
  }

  struct ShowVersion: Verb {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "One version of a dataset whole.")

    @Argument(help: "The registry's own id.") var id: String
    @Option(help: "The registry's name in the configuration.") var registry: String
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let path = ControlPath.registry(registry, "ground-truth", "versions", id)
      try session.answer(try session.patientClient.get(path), as: CatalogObjectView.self) { version in
        PrettyJSON.lines(version.data).forEach(session.console.line)
      }
      return 0
    }
  }
}
