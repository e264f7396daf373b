internal import Glibc
internal import TrainBase

/// Small JSON files that are there whole or not at all.
enum RecordFile {
  /// Durable when it returns: the file and its name.
  static func write(
    _ record: some Encodable, to name: String, in directory: Descriptor, durable: Bool = true
  ) throws(RunnerError) {
    let temporary = ".\(name).new"
    let bytes = try JSONLine.encode(record)
    guard let file = try Descriptor.open(temporary, in: directory, O_WRONLY | O_CREAT | O_TRUNC) else {
      throw RunnerError(.io, "writing \(name): its directory is gone")
    }
    try file.write(bytes, as: name)
    if durable { try file.synchronize(name) }
    guard renameat(directory.raw, temporary, directory.raw, name) == 0 else { throw .system("writing \(name)") }
    if durable { try directory.synchronize("the directory of \(name)") }
  }

  /// `nil` when it was never written.
  static func read<Record: Decodable>(
    _: Record.Type, from name: String, in directory: Descriptor
  ) throws(RunnerError) -> Record? {
    guard let file = try Descriptor.open(name, in: directory) else { return nil }
    let size = try file.attributes(name).st_size
    guard size <= RunnerMessage.longest * 2 else { throw RunnerError(.io, "reading \(name): it has \(size) bytes") }
    return try JSONLine.decode(Record.self, from: try file.read(at: 0, limit: Int(size), of: name), as: name)
  }
}

/// One JSON document on one line.
enum JSONLine {
  static func encode(_ value: some Encodable) throws(RunnerError) -> [UInt8] {
    do {
      return try JSON(encoding: value).canonicalBytes + [UInt8(ascii: "\n")]
    } catch {
      throw RunnerError(.io, "writing JSON: \(error)")
    }
  }

  static func decode<Value: Decodable>(
    _: Value.Type, from bytes: [UInt8], as what: String
  ) throws(RunnerError) -> Value {
    do {
      return try JSON.parse(bytes).decoded()
    } catch {
      throw RunnerError(.badRequest, "reading \(what): \(error)")
    }
  }
}
