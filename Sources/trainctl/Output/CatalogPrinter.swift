internal import TrainControl
internal import TrainCore

/// Prints objects of a registry as they come: a table, one document, or an object on each line.
struct CatalogPrinter {
  /// Of one cell.
  private static let widest = 60

  let session: Session
  let noun: String
  var columns: [CatalogColumn] = []
  private var pagination: JSON = .empty
  private var count: Int64?
  private var printed = 0
  private var hasBegun = false

  init(session: Session, noun: String) {
    self.session = session
    self.noun = noun
  }

  /// The last one is the document's.
  mutating func pagination(_ pagination: JSON, count: Int64?) {
    self.pagination = pagination
    if let count, self.count == nil, session.format == .table { session.console.note("\(count) \(noun) in all") }
    self.count = count ?? self.count
    begin()
  }

  private mutating func begin() {
    if session.format == .json, !hasBegun { session.console.json(text: "{\"data\":[") }
    hasBegun = true
  }

  mutating func print(_ page: [JSON]) {
    guard !page.isEmpty else { return }
    begin()
    switch session.format {
    case .json:
      for object in page {
        session.console.json(text: (printed == 0 ? "" : ",") + object.wireText)
        printed += 1
      }
    case .jsonl: for object in page { session.console.json(object) }
    case .table:
      var table = Table(columns.map(\.title))
      for object in page { table.add(columns.map { Self.cell(object, $0.member) }) }
      table.lines().dropFirst(printed == 0 ? 0 : 1).forEach(session.console.line)
      printed += page.count
    }
    session.console.flush()
  }

  mutating func end() {
    switch session.format {
    case .json:
      begin()
      session.console.json(
        text: "],\"pagination\":\(pagination.wireText),\"schema\":\(wireSchema.wireText)}\n")
    case .jsonl: break
    case .table:
      if printed == 0 { session.console.note("no \(noun)") }
      if let count, Int64(printed) < count { session.console.note("\(printed) of \(count) \(noun) shown") }
    }
  }

  private static func cell(_ object: JSON, _ member: String) -> String {
    var value: JSON? = object
    for name in member.split(separator: ".") { value = value?[String(name)] }
    let text: String =
      switch value {
      case nil, .some(.null): "-"
      case .some(.string(let text)): text
      case .some(let other): other.canonical
      }
    return text.count > widest ? text.prefix(widest - 3) + "..." : text
  }
}
