import Glibc

/// A directory of files that goes when the test ends.
final class TemporaryTree {
  let path: String

  init() {
    var template = Array("/tmp/traind-config-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no temporary directory: \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { TemporaryTree.remove(path) }

  func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) {
    makeParents(of: name)
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    precondition(file >= 0, "cannot create \(name)")
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      precondition(count > 0)
      rest = rest.dropFirst(count)
    }
    close(file)
  }

  func link(_ name: String, to target: String) {
    makeParents(of: name)
    precondition(symlink(target, "\(path)/\(name)") == 0)
  }

  func makeDirectory(_ name: String) {
    makeParents(of: name)
    mkdir("\(path)/\(name)", 0o755)
  }

  func makePipe(_ name: String) {
    makeParents(of: name)
    precondition(mkfifo("\(path)/\(name)", 0o644) == 0)
  }

  private func makeParents(of name: String) {
    var parent = path
    for part in name.split(separator: "/").dropLast() {
      parent += "/\(part)"
      mkdir(parent, 0o755)
    }
  }

  private static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    if let stream = opendir(path) {
      var names: [String] = []
      while let entry = readdir(stream) {
        names.append(withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) })
      }
      closedir(stream)
      for name in names where name != "." && name != ".." { remove("\(path)/\(name)") }
    }
    rmdir(path)
  }
}
