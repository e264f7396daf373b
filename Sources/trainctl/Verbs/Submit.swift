internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Submit: Verb {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Start a spec from a file of yours.",
    discussion: "The file is read here, as you; its name without .yaml names the spec.")

  @Argument(help: "A spec.") var file: String
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let bytes = try InputFile.read(file, what: "submit \(file)")
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let document = try session.client.post("/v1/submit", [("name", name)], bytes, contentType: "application/yaml")
    return try StartText.answer(document, session)
  }
}
