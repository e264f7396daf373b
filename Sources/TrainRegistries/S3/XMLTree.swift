internal import NIOCore

/// An XML document as S3 writes them, read strictly: elements and text. Attributes, comments and processing
/// instructions are passed over; a document type, and with it any entity of the document's own, is refused.
struct XMLTree: Hashable, Sendable {
  /// Without its prefix.
  var name: String
  /// All character data directly inside.
  var text = ""
  var children: [XMLTree] = []

  /// Elements inside one another, at most.
  static let mostDepth = 32

  init(name: String) { self.name = name }

  /// `nil` when the bytes are no well-formed document of that kind.
  init?(parsing buffer: ByteBuffer) {
    guard String(validating: buffer.readableBytesView, as: UTF8.self) != nil else { return nil }
    var reader = XMLReader(buffer.readableBytesView)
    guard let tree = reader.document() else { return nil }
    self = tree
  }

  /// The first child of that name.
  subscript(name: String) -> XMLTree? { children.first { $0.name == name } }

  func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

  /// The text of the first child of that name.
  func text(_ name: String) -> String? { self[name]?.text }
}
