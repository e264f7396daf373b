internal import TrainControl
internal import TrainCore

/// A registry's list, printed as it comes: one page is held at a time.
struct CatalogStream {
  /// An object, and the files it names.
  typealias Entry = (object: JSON, files: [CatalogFileView])

  private let session: Session
  private let lines: LineReader

  init(_ session: Session, _ path: String, _ request: CatalogRequest) throws(ControlError) {
    self.session = session
    lines = LineReader(try session.patientClient.open("GET", path, request.query))
  }

  /// - Parameters:
  ///   - noun: what they are, for an empty list.
  ///   - change: what becomes of a page before it is printed.
  func print(_ noun: String, _ change: ([Entry]) -> [JSON] = { $0.map(\.object) }) throws(ControlError) {
    var printer = CatalogPrinter(session: session, noun: noun)
    var page: [Entry] = []
    while let line = try next() {
      switch line {
      case .columns(let columns): printer.columns = columns
      case .pagination(let pagination, let count):
        printer.print(change(page))
        page = []
        printer.pagination(pagination, count: count)
      case .object(let object, let files): page.append((object, files))
      case .error(let error):
        printer.print(change(page))
        throw error
      }
    }
    printer.print(change(page))
    printer.end()
  }

  /// `nil` at the end.
  private func next() throws(ControlError) -> CatalogLine? {
    while true {
      switch try lines.next(within: Session.longWait) {
      case .line(let line) where line.isEmpty: continue
      case .line(let line): return try CatalogLine(try JSON.parse(line, what: "a line of the list"))
      case .end: return nil
      case .silence:
        throw ControlError(.tryAgain, "read the list", "traind is silent", hint: "see trainctl status; then try again")
      }
    }
  }
}
