internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Backup: Verb {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write a consistent copy of the daemon's store to a file.",
    discussion: "The file is written here, as you, to a temporary file first: it appears whole or not at all.")

  @Argument(help: "The file to write or replace.") var file: String
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let what = "back up to \(file)"
    let output = try OutputFile(file, what: what)
    let exchange = try session.client.open("POST", "/v1/backup", body: [])
    while true {
      switch try exchange.next() {
      case .bytes(let bytes): try output.write(bytes)
      case .silence:
        throw ControlError(.tryAgain, what, "the copy stopped coming", hint: "see trainctl status; then try again")
      case .end:
        try output.commit()
        switch session.format {
        case .table: session.console.line("\(Escape.line(file)): \(Human.size(output.bytes))")
        case .json, .jsonl:
          let answer: JSON = ["schema": wireSchema, "file": .string(file), "bytes": .int(output.bytes)]
          session.console.json(answer)
        }
        return 0
      }
    }
  }
}
