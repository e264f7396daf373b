public import TrainCore

/// A file that an object of a registry names, and the daemon's leave to fetch it.
/// `{"place": ["files", "image_1"], "url": "https://...", "name": "image_1.jpg", "ticket": "..."}`
public struct CatalogFileView: Hashable, Sendable, WireValue {
  public var file: EventFile
  /// Good for this URL only, until the daemon ends.
  public var ticket: String

  public init(file: EventFile, ticket: String) {
    self.file = file
    self.ticket = ticket
  }

  public init(_ json: JSON) throws(ControlError) {
    let view = try Members(json, of: "a file")
    file = EventFile(place: try view.strings("place"), url: try view.string("url"), name: try view.string("name"))
    ticket = try view.string("ticket")
  }

  public var json: JSON {
    [
      "place": .texts(file.place), "url": .string(file.url), "name": .string(file.name), "ticket": .string(ticket),
    ]
  }
}
