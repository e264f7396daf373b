/// Aligned columns. Every character counts as one column wide.
struct Table {
  private var rows: [[String]]

  init(_ headers: [String]) { rows = [headers] }

  /// Cells are escaped here.
  mutating func add(_ cells: [String]) { rows.append(cells.map(Escape.line)) }

  var isEmpty: Bool { rows.count == 1 }

  /// - Parameter width: cut longer lines; `nil` = as long as they are.
  func lines(width: Int? = nil) -> [String] {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.count)
      }
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        guard column + 1 < row.count, row[(column + 1)...].contains(where: { !$0.isEmpty }) else { break }
        line += String(repeating: " ", count: widths[column] - cell.count + 2)
      }
      return width.map { String(line.prefix($0)) } ?? line
    }
  }
}
