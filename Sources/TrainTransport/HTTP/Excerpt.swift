internal import NIOCore

/// Some of a foreign text, fit for an error message.
enum Excerpt {
  static let limit = 300

  static func of(_ buffer: ByteBuffer, hiding secrets: [Secret]) -> String {
    // Strikes secrets out before cutting: a cut in the middle of one would leave its head.
    let room = secrets.reduce(Self.limit * 4) { $0 + $1.reveal().utf8.count }
    let bytes = buffer.readableBytesView.prefix(room)
    return of(String(decoding: bytes, as: UTF8.self), hiding: secrets)
  }

  static func of(_ text: String, hiding secrets: [Secret]) -> String {
    var text = text
    for secret in secrets where !secret.reveal().isEmpty {
      text = text.split(separator: secret.reveal(), omittingEmptySubsequences: false).joined(separator: "<redacted>")
    }
    var line = ""
    var spaced = true
    for scalar in text.unicodeScalars {
      let isSpace = scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
      if isSpace {
        if !spaced { line += " " }
      } else {
        line.unicodeScalars.append(scalar)
      }
      spaced = isSpace
      if line.unicodeScalars.count >= limit { return line + "..." }
    }
    return spaced ? String(line.dropLast(line.isEmpty ? 0 : 1)) : line
  }
}
