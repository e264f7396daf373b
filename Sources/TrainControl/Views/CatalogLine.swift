public import TrainCore

/// A line of a registry's list, which is written as it comes: columns first, then for each page what the registry says
/// about pages, then its objects. A blank line means that there is more to wait for; an error ends the list.
public enum CatalogLine: Hashable, Sendable {
  /// For tables. `{"columns": [{"title": "ID", "member": "id"}]}`
  case columns([CatalogColumn])
  /// `{"pagination": {...}, "count": 250}`
  case pagination(JSON, count: Int64?)
  /// One of the registry's own objects, whole. `{"data": {...}, "files": [...]}`, files only where they were asked for.
  case object(JSON, files: [CatalogFileView] = [])
  /// What was written so far is good; the rest could not be had.
  case error(ControlError)
}

extension CatalogLine: WireValue {
  public init(_ json: JSON) throws(ControlError) {
    let line = try Members(json, of: "a line of a catalogue")
    if json["data"] != nil {
      self = .object(line.value("data"), files: try line.list("files"))
    } else if json["pagination"] != nil {
      self = .pagination(line.value("pagination"), count: try line.optionalInt("count"))
    } else if json["error"] != nil {
      self = .error(try ControlError(json))
    } else {
      var columns: [CatalogColumn] = []
      for column in try line.array("columns") {
        let members = try Members(column, of: "a column")
        columns.append(CatalogColumn(try members.string("title"), try members.string("member")))
      }
      self = .columns(columns)
    }
  }

  public var json: JSON {
    switch self {
    case .columns(let columns):
      return ["columns": .array(columns.map { ["title": .string($0.title), "member": .string($0.member)] })]
    case .pagination(let pagination, let count):
      var line: JSON = ["pagination": pagination]
      if let count { line["count"] = .int(count) }
      return line
    case .object(let object, let files):
      var line: JSON = ["data": object]
      if !files.isEmpty { line["files"] = .list(files) }
      return line
    case .error(let error): return error.json
    }
  }
}
