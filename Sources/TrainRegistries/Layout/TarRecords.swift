internal import TrainCore

/// The headers of a tar archive (IEEE Std 1003.1, pax).
enum TarRecords {
  /// What eleven octal digits hold.
  private static let mostBytes: Int64 = 0o777_7777_7777

  /// A file's own header, behind one that holds its path or size where they do not fit or are not ASCII.
  static func headers(of file: Artifact.File) -> [UInt8] {
    var records: [UInt8] = []
    if file.path.utf8.count > 100 || !file.path.utf8.allSatisfy({ $0 < 0x80 }) {
      records += record("path", file.path)
    }
    if file.bytes > mostBytes { records += record("size", String(file.bytes)) }
    let own = header(
      String(decoding: file.path.utf8.filter { $0 < 0x80 }.suffix(100), as: UTF8.self),
      bytes: min(file.bytes, mostBytes), type: UInt8(ascii: "0"))
    guard !records.isEmpty else { return own }
    let padding = [UInt8](repeating: 0, count: (512 - records.count % 512) % 512)
    return header("pax", bytes: Int64(records.count), type: UInt8(ascii: "x")) + records + padding + own
  }

  /// `<length> <key>=<value>\n`, its own length counted.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n"
    var length = rest.utf8.count + 1
    while "\(length)".utf8.count + rest.utf8.count != length { length = "\(length)".utf8.count + rest.utf8.count }
    return Array("\(length)\(rest)".utf8)
  }

  private static func header(_ name: String, bytes: Int64, type: UInt8) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)  // user
    put("0000000", at: 116)  // group
    put(octal(bytes, digits: 11), at: 124)
    put("00000000000", at: 136)  // time
    put("        ", at: 148)
    header[156] = type
    put("ustar", at: 257)
    put("00", at: 263)
    put(octal(header.reduce(0) { $0 + Int64($1) }, digits: 6), at: 148)
    header[154] = 0
    return header
  }

  private static func octal(_ number: Int64, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
