internal import Crypto
internal import TrainCore

/// Names that others chose, as names of files. Two names never come to the same file, and none leaves its directory.
enum FileName {
  /// Bytes of a name; a file system takes 255, and what is written beside a file adds to it.
  private static let longest = 200
  /// What is written beside a file while it is fetched has these.
  private static let ours = [".partial", ".partial-tag"]

  /// `/`, `%`, control characters and what turns the direction of writing are written as the percent-encoding of their
  /// bytes; so is a leading point, and the point of an ending that is ours. A long name ends in its digest.
  static func escaped(_ name: String) -> String {
    var text = ""
    for (index, scalar) in name.unicodeScalars.enumerated() {
      if isOdd(scalar) || index == 0 && scalar == "." {
        append(scalar, to: &text)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    for ending in ours where text.hasSuffix(ending) {
      text.unicodeScalars.removeLast(ending.unicodeScalars.count)
      text += "%2E" + ending.dropFirst()
    }
    // No name without an encoding has `%` alone or before `~`.
    if text.isEmpty { return "%" }
    guard text.utf8.count > longest else { return text }
    var short = ""
    for scalar in text.unicodeScalars {
      guard short.utf8.count + String(scalar).utf8.count <= longest - 34 else { break }
      short.unicodeScalars.append(scalar)
    }
    return short + "%~" + Hex.text(SHA256.hash(data: Array(name.utf8)).prefix(16))
  }

  private static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "/" || scalar == "%" || Escape.steers(scalar)
  }

  private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
    for byte in String(scalar).utf8 { text += "%" + Hex.text([byte]).uppercased() }
  }
}
